import { createHash } from 'node:crypto';
import { type AppAssignment, type GraphObject, typeName } from '../graph/app-assignments.ts';

/** `add` keeps everything others assigned; `replace` leaves what is wanted and nothing else. */
export type MergeMode = 'add' | 'replace';

export interface AssignmentDifference {
  added: AppAssignment[];
  /** The same target with another intent, other settings or another filter. */
  changed: { before: AppAssignment; after: AppAssignment }[];
  /** Only where `replace` was asked for. */
  removed: AppAssignment[];
  kept: AppAssignment[];
  /** Wanted, and not done: the group is included by one side and excluded by the other. What is there stays. */
  contradictions: { existing: AppAssignment; wanted: AppAssignment }[];
}

export interface MergedAssignments {
  all: AppAssignment[];
  difference: AssignmentDifference;
}

/**
 * Joins what an app is assigned to with what a template wants, by target: Intune keeps one assignment for each. Nothing
 * that is there is lost with `add`, merging again changes nothing, and the order of neither list matters.
 */
export function mergeAssignments(
  existing: readonly AppAssignment[],
  wanted: readonly AppAssignment[],
  mode: MergeMode,
): MergedAssignments {
  const wantedByTarget = new Map(inOrder(wanted).map((each) => [targetKey(each), each]));
  const difference: AssignmentDifference = { added: [], changed: [], removed: [], kept: [], contradictions: [] };
  const all: AppAssignment[] = [];
  const keep = (each: AppAssignment) => {
    difference.kept.push(each);
    all.push(each);
  };
  for (const [key, there] of Map.groupBy(inOrder(existing), targetKey)) {
    const after = wantedByTarget.get(key);
    wantedByTarget.delete(key);
    const meant = after === undefined ? undefined : closest(there, after, mode);
    for (const before of there) {
      if (before !== meant || after === undefined) {
        if (mode === 'add') keep(before);
        else difference.removed.push(before);
        continue;
      }
      const becomes = mode === 'add' ? withForeignParts(before, after) : after;
      if (isSame(before, becomes)) keep(before);
      else if (mode === 'add' && isExclusion(before) !== isExclusion(after)) {
        difference.contradictions.push({ existing: before, wanted: after });
        keep(before);
      } else {
        difference.changed.push({ before, after: becomes });
        all.push(becomes);
      }
    }
  }
  for (const after of wantedByTarget.values()) {
    difference.added.push(after);
    all.push(after);
  }
  return { all, difference };
}

/** Intune holds one assignment for a target; should it ever hold more, the one that is already as wanted is meant. */
function closest(there: readonly AppAssignment[], after: AppAssignment, mode: MergeMode): AppAssignment | undefined {
  const isDone = (before: AppAssignment) => isSame(before, mode === 'add' ? withForeignParts(before, after) : after);
  return there.find(isDone) ?? there.find((before) => isExclusion(before) === isExclusion(after)) ?? there[0];
}

export const changesNothing = ({ added, changed, removed }: AssignmentDifference): boolean =>
  added.length + changed.length + removed.length === 0;

export const isExclusion = ({ target }: AppAssignment): boolean =>
  typeName(target) === 'exclusionGroupAssignmentTarget';

/** One for each target: a group has one key whether it is included or excluded. */
export function targetKey({ target }: AppAssignment): string {
  if (typeof target.groupId === 'string') return `group:${target.groupId.toLowerCase()}`;
  const {
    deviceAndAppManagementAssignmentFilterId: _id,
    deviceAndAppManagementAssignmentFilterType: _type,
    ...rest
  } = target;
  return canonical({ ...rest, '@odata.type': typeName(target) });
}

/**
 * What the wanted assignment leaves open stays as somebody set it: a filter that vanished would widen who gets the app,
 * a deadline that vanished would install it at once.
 */
function withForeignParts(before: AppAssignment, after: AppAssignment): AppAssignment {
  if (isExclusion(before) !== isExclusion(after)) return after;
  const target = filled(before.target, after.target);
  if (before.settings === null) return { ...after, target };
  if (after.settings === null) return { ...after, target, settings: before.settings };
  if (typeName(before.settings) !== typeName(after.settings)) return { ...after, target };
  return { ...after, target, settings: filled(before.settings, after.settings) };
}

function filled(before: GraphObject, after: GraphObject): GraphObject {
  const said = Object.entries(after).filter(([, value]) => value !== null && value !== undefined);
  return { ...before, ...Object.fromEntries(said), '@odata.type': after['@odata.type'] };
}

export const isSame = (one: AppAssignment, other: AppAssignment): boolean => trace(one) === trace(other);

/** What an assignment says, in one spelling: the order of properties, unset ones and the case of ids say nothing. */
function trace({ intent, target, settings }: AppAssignment): string {
  return canonical([intent, spelled(target), settings === null ? null : spelled(settings)]);
}

const spelled = (object: GraphObject) => ({ ...object, '@odata.type': typeName(object) });

const isId = (value: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
const isTime = (value: string) => /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value);

function canonical(value: unknown): string {
  return JSON.stringify(value, (name, inner: unknown) => {
    if (typeof inner === 'string' && isId(inner)) return inner.toLowerCase();
    if (typeof inner === 'string' && isTime(inner)) return new Date(inner).toISOString();
    if (name === 'deviceAndAppManagementAssignmentFilterType' && inner === 'none') return undefined;
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    const said = Object.entries(inner).filter(([, each]) => each !== null && each !== undefined);
    return Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function inOrder(list: readonly AppAssignment[]): AppAssignment[] {
  return list
    .map((each) => ({ each, key: `${targetKey(each)}\n${trace(each)}` }))
    .sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
    .map(({ each }) => each);
}

/** Stands for a whole list, whatever its order: two lists that say the same have the same. */
export const traceOfAll = (all: readonly AppAssignment[]): string =>
  createHash('sha256')
    .update(JSON.stringify(all.map(trace).sort()))
    .digest('base64url')
    .slice(0, 22);
