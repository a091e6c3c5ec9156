import { elementOf, type GraphAction, type Metadata } from './metadata.ts';

/** What a path below the version means by the metadata. Keys are `null`-free strings, casts are explicit. */
export interface ResourcePath {
  kind: 'collection' | 'entity' | 'property' | 'action' | 'reference';
  /** The addressed type; for an action the type it is called on. */
  type: string;
  /** The relation or root that led here. */
  relation: string;
  contained: boolean;
  /** A cast segment stands directly before the end. */
  cast: boolean;
  action?: GraphAction;
  /** For a reference: whether it ends a collection (add) or one entity (remove). */
  referenceTo?: 'collection' | 'entity';
}

export interface PathFault {
  code: 'path' | 'cast' | 'unknown-type';
  message: string;
}

/** `mobileApps('id')` and `servicePrincipals(appId='id')` are the same as a key segment. */
export function splitPath(path: string): string[] {
  return path
    .replace(/^\/+|\/+$/g, '')
    .split('/')
    .flatMap((raw) => {
      const segment = decodeURIComponent(raw);
      const keyed = /^([A-Za-z]+)\((.+)\)$/.exec(segment);
      return keyed ? [keyed[1] as string, (keyed[2] as string).replace(/^'(.*)'$/, '$1')] : [segment];
    });
}

const castName = (segment: string) => /^microsoft\.graph\.([A-Za-z0-9]+)$/.exec(segment)?.[1];

export function resolvePath(metadata: Metadata, segments: readonly string[]): ResourcePath | PathFault {
  const [first = '', ...rest] = segments;
  const root = metadata.root(first);
  if (root === undefined) return { code: 'path', message: `Resource not found for the segment '${first}'.` };
  let at: ResourcePath = {
    kind: elementOf(root) === null ? 'entity' : 'collection',
    type: elementOf(root) ?? root,
    relation: first,
    contained: true,
    cast: false,
  };
  for (const [index, segment] of rest.entries()) {
    const last = index === rest.length - 1;
    const next = step(metadata, at, segment, last);
    if ('code' in next) return next;
    at = next;
  }
  return at;
}

function step(metadata: Metadata, at: ResourcePath, segment: string, last: boolean): ResourcePath | PathFault {
  const notFound: PathFault = { code: 'path', message: `Resource not found for the segment '${segment}'.` };
  if (at.kind !== 'collection' && at.kind !== 'entity') return notFound;
  if (segment === '$ref')
    return last
      ? { ...at, kind: 'reference', referenceTo: at.kind === 'collection' ? 'collection' : 'entity' }
      : notFound;
  const cast = castName(segment);
  if (cast !== undefined) {
    if (metadata.type(cast) === undefined) {
      const action = metadata.action(at.type, at.kind === 'collection', cast);
      if (action && last) return { ...at, kind: 'action', action };
      return { code: 'unknown-type', message: `Unknown type 'microsoft.graph.${cast}' in ${metadata.version}.` };
    }
    if (!metadata.isA(cast, at.type) && !metadata.isA(at.type, cast))
      return { code: 'cast', message: `The type 'microsoft.graph.${cast}' is not derived from '${at.type}'.` };
    return { ...at, type: cast, cast: true };
  }
  if (at.kind === 'collection') {
    const action = metadata.action(at.type, true, segment);
    if (action && last) return { ...at, kind: 'action', action };
    return segment === '' ? notFound : { ...at, kind: 'entity' };
  }
  const relation = metadata.navigation(at.type, segment);
  if (relation) {
    const element = elementOf(relation.type);
    return {
      kind: element === null ? 'entity' : 'collection',
      type: element ?? relation.type,
      relation: segment,
      contained: relation.contained === true,
      cast: false,
    };
  }
  const action = metadata.action(at.type, false, segment);
  if (action && last) return { ...at, kind: 'action', action };
  if (metadata.property(at.type, segment) && last) return { ...at, kind: 'property' };
  const owner = metadata
    .concreteDescendants(at.type)
    .find((child) => metadata.navigation(child, segment) !== undefined);
  if (owner !== undefined)
    return {
      code: 'cast',
      message: `Resource not found for the segment '${segment}'. It belongs to types such as 'microsoft.graph.${owner}': put the type before it.`,
    };
  return notFound;
}
