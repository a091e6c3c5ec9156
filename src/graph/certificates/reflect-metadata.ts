// @peculiar/x509 registers its algorithm classes with tsyringe, which asks `Reflect` for metadata while it loads:
// https://github.com/PeculiarVentures/x509 ("Reflect polyfill"). This is the part of the proposal that it uses; the file
// has to be imported before that package.
type Entries = Map<PropertyKey, unknown>;

const entriesOf = new WeakMap<object, Entries>();

function ownMetadata(key: PropertyKey, target: object): unknown {
  return entriesOf.get(target)?.get(key);
}

function metadata(key: PropertyKey, target: object): unknown {
  for (let holder: object | null = target; holder !== null; holder = Object.getPrototypeOf(holder) as object | null)
    if (entriesOf.get(holder)?.has(key)) return ownMetadata(key, holder);
  return undefined;
}

function defineMetadata(key: PropertyKey, value: unknown, target: object): void {
  const entries: Entries = entriesOf.get(target) ?? new Map();
  entriesOf.set(target, entries.set(key, value));
}

if (!('defineMetadata' in Reflect))
  Object.assign(Reflect, { getMetadata: metadata, getOwnMetadata: ownMetadata, defineMetadata });
