import fc from 'fast-check';
import type { AppAssignment } from '../../src/graph/app-assignments.ts';
import { changesNothing, isSame, mergeAssignments, targetKey } from '../../src/templates/merge-assignments.ts';

const pilot = '11f1c0de-0002-4a00-9a00-000000000002';
const group = (groupId: string, intent = 'required', more: Record<string, unknown> = {}): AppAssignment => ({
  intent,
  target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId, ...more },
  settings: null,
});
const excluded = (groupId: string, intent = 'required'): AppAssignment => ({
  intent,
  target: { '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget', groupId },
  settings: null,
});
const win32 = (settings: Record<string, unknown>) => ({
  '@odata.type': '#microsoft.graph.win32LobAppAssignmentSettings',
  notifications: 'showAll',
  deliveryOptimizationPriority: 'notConfigured',
  ...settings,
});

const groupIds = [1, 2, 3, 4].map((number) => `11f1c0de-000${number}-4a00-9a00-00000000000${number}`);
const target = fc.oneof(
  fc.record({
    '@odata.type': fc.constantFrom(
      '#microsoft.graph.groupAssignmentTarget',
      '#microsoft.graph.exclusionGroupAssignmentTarget',
    ),
    groupId: fc.constantFrom(...groupIds, groupIds[0]!.toUpperCase()),
  }),
  fc
    .record({
      '@odata.type': fc.constantFrom(
        '#microsoft.graph.groupAssignmentTarget',
        '#microsoft.graph.allDevicesAssignmentTarget',
        '#microsoft.graph.allLicensedUsersAssignmentTarget',
      ),
      deviceAndAppManagementAssignmentFilterId: fc.constantFrom(null, 'f1', 'f2'),
      deviceAndAppManagementAssignmentFilterType: fc.constantFrom('none', 'include', 'exclude'),
    })
    .map((each) => (each['@odata.type'].includes('.group') ? { ...each, groupId: groupIds[1]! } : each)),
  fc.constant({ '@odata.type': '#microsoft.graph.somethingNewAssignmentTarget', newId: 'x' }),
);
const assignment: fc.Arbitrary<AppAssignment> = fc.record({
  intent: fc.constantFrom('required', 'available', 'uninstall'),
  target,
  settings: fc.oneof(
    fc.constant(null),
    fc.record({
      '@odata.type': fc.constant('#microsoft.graph.win32LobAppAssignmentSettings'),
      notifications: fc.constantFrom('showAll', 'hideAll'),
      restartSettings: fc.constantFrom(null, { gracePeriodInMinutes: 60 }),
    }),
  ),
});
const list = fc.array(assignment, { maxLength: 6 });
const oneForEachTarget = fc.uniqueArray(assignment, { maxLength: 5, selector: targetKey });
const asSet = (all: readonly AppAssignment[]) => all.map((each) => JSON.stringify(each)).sort();
const sameLists = (one: readonly AppAssignment[], other: readonly AppAssignment[]) =>
  one.length === other.length && one.every((each) => other.some((match) => isSame(each, match)));

describe('merging by property', () => {
  it('loses no target and no number of assignments that others made', () => {
    fc.assert(
      fc.property(list, oneForEachTarget, (existing, wanted) => {
        const { all, difference } = mergeAssignments(existing, wanted, 'add');
        const left = all.map(targetKey);
        for (const each of existing) expect(left).toContain(targetKey(each));
        expect(all.length).toBeGreaterThanOrEqual(existing.length);
        expect(difference.removed).toEqual([]);
        const touched = [...difference.kept, ...difference.changed.map(({ before }) => before)];
        expect(asSet(touched)).toEqual(asSet(existing));
      }),
    );
  });

  it('brings every wanted target, unless the app says the opposite about it', () => {
    fc.assert(
      fc.property(list, oneForEachTarget, (existing, wanted) => {
        const { all, difference } = mergeAssignments(existing, wanted, 'add');
        const refused = new Set(difference.contradictions.map((each) => targetKey(each.wanted)));
        for (const each of wanted)
          if (!refused.has(targetKey(each)))
            expect(all.filter((one) => targetKey(one) === targetKey(each)).map(({ intent }) => intent)).toContain(
              each.intent,
            );
      }),
    );
  });

  it.each(['add', 'replace'] as const)('changes nothing when it is done a second time: %s', (mode) => {
    fc.assert(
      fc.property(list, oneForEachTarget, (existing, wanted) => {
        const once = mergeAssignments(existing, wanted, mode).all;
        const twice = mergeAssignments(once, wanted, mode);
        expect(sameLists(twice.all, once)).toBe(true);
        expect(changesNothing(twice.difference)).toBe(true);
      }),
    );
  });

  it.each(['add', 'replace'] as const)('does not mind the order of either list: %s', (mode) => {
    fc.assert(
      fc.property(list, oneForEachTarget, (existing, wanted) => {
        const one = mergeAssignments(existing, wanted, mode).all;
        const other = mergeAssignments(existing.toReversed(), wanted.toReversed(), mode).all;
        expect(asSet(one)).toEqual(asSet(other));
      }),
    );
  });

  it('leaves exactly what is wanted where replacing was asked for', () => {
    fc.assert(
      fc.property(list, oneForEachTarget, (existing, wanted) => {
        const { all, difference } = mergeAssignments(existing, wanted, 'replace');
        expect(sameLists(all, wanted)).toBe(true);
        expect(difference.contradictions).toEqual([]);
      }),
    );
  });
});

describe('merging', () => {
  it('keeps the filter that somebody put on a group: without it more people would get the app', () => {
    const filter = {
      deviceAndAppManagementAssignmentFilterId: 'f1',
      deviceAndAppManagementAssignmentFilterType: 'include',
    };
    const { all, difference } = mergeAssignments(
      [group(pilot, 'available', filter)],
      [group(pilot.toUpperCase(), 'required')],
      'add',
    );

    expect(all).toMatchObject([{ intent: 'required', target: filter }]);
    expect(difference.changed).toHaveLength(1);
  });

  it('keeps settings the template says nothing about', () => {
    const before = { ...group(pilot), settings: win32({ restartSettings: { gracePeriodInMinutes: 60 } }) };
    const wanted = { ...group(pilot), settings: win32({ notifications: 'hideAll', restartSettings: null }) };

    const { all } = mergeAssignments([before], [wanted], 'add');

    expect(all[0]?.settings).toMatchObject({
      notifications: 'hideAll',
      restartSettings: { gracePeriodInMinutes: 60 },
    });
  });

  it('does not include a group that the app excludes, and says so', () => {
    const { all, difference } = mergeAssignments([excluded(pilot)], [group(pilot)], 'add');

    expect(all).toEqual([excluded(pilot)]);
    expect(difference.contradictions).toEqual([{ existing: excluded(pilot), wanted: group(pilot) }]);
  });

  it('sees the same moment in two spellings as the same', () => {
    const at = (startDateTime: string) => ({
      ...group(pilot),
      settings: win32({ installTimeSettings: { useLocalTime: false, startDateTime } }),
    });

    const { difference } = mergeAssignments([at('2026-11-24T09:00:00Z')], [at('2026-11-24T10:00:00.000+01:00')], 'add');

    expect(changesNothing(difference)).toBe(true);
  });
});
