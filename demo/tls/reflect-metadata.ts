// @peculiar/x509 finds its algorithm classes through tsyringe, which needs the three functions of the (withdrawn)
// metadata proposal: https://github.com/PeculiarVentures/x509#-reflect-polyfill-required. They must exist before that
// package loads, so this file is imported first.
type Target = object;
type Metadata = Map<unknown, unknown>;

const store = new WeakMap<Target, Metadata>();

const own = (key: unknown, target: Target): unknown => store.get(target)?.get(key);

function inherited(key: unknown, target: Target): unknown {
  for (let at: Target | null = target; at !== null; at = Object.getPrototypeOf(at) as Target | null) {
    if (store.get(at)?.has(key)) return own(key, at);
  }
  return undefined;
}

function define(key: unknown, value: unknown, target: Target): void {
  const metadata = store.get(target) ?? new Map<unknown, unknown>();
  metadata.set(key, value);
  store.set(target, metadata);
}

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, { getMetadata: inherited, getOwnMetadata: own, defineMetadata: define });
}
