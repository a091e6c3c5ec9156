import { assignmentBody, versionForAssignments } from '../../src/graph/app-assignments.ts';
import { type AssignmentRow, type AssignmentSettings, noSettings } from '../../src/templates/assignment-template.ts';
import { assignmentsForApp } from '../../src/templates/assignments-for-app.ts';
import { loadGraphValidator } from '../fakes/graph-metadata.ts';

const validate = await loadGraphValidator();
const at = new Date('2026-11-21T10:00:00Z');
const everything: AssignmentSettings = {
  notifications: 'hideAll',
  deliveryOptimization: 'foreground',
  available: { days: 1, time: '09:00' },
  deadline: { days: 3, time: '18:00' },
  timeZone: 'UTC',
  restart: { graceMinutes: 60, countdownMinutes: 15, snoozeMinutes: null },
  updatesSuperseded: true,
  uninstallOnRemoval: true,
  removable: false,
  preventBackup: true,
  deviceContext: true,
};
const row = (change: Partial<AssignmentRow> = {}): AssignmentRow => ({
  key: '1',
  who: { kind: 'group', id: '11f1c0de-0002-4a00-9a00-000000000002', name: 'Mobile pilot' },
  excluded: false,
  intent: 'required',
  filter: null,
  settings: noSettings,
  ...change,
});
const template = (...rows: AssignmentRow[]) => ({ name: 'Pilot first', rows, nextKey: 9 });
const filter = (platform: string) => ({
  id: '22f1c0de-0001-4a00-9a00-000000000001',
  name: 'Corporate',
  platform,
  mode: 'include' as const,
});

it.each<[string, number]>([
  ['androidLobApp', 10],
  ['iosLobApp', 7],
  ['iosStoreApp', 7],
  ['macOSLobApp', 9],
  ['macOSPkgApp', 10],
  ['macOSDmgApp', 10],
  ['win32LobApp', 4],
  ['winGetApp', 7],
  ['windowsUniversalAppX', 9],
  ['windowsAppX', 9],
  ['windowsMobileMSI', 10],
  ['webApp', 10],
])('says what a %s has and what is left out, in a request that Graph takes', (graphType, left) => {
  const made = assignmentsForApp(
    template(
      row({ settings: everything }),
      row({ key: '2', who: { kind: 'allUsers' }, intent: 'available' }),
      row({ key: '3', who: { kind: 'allDevices' }, intent: 'uninstall' }),
      row({ key: '4', who: { kind: 'group', id: '11f1c0de-0004-4a00-9a00-000000000004', name: 'X' }, excluded: true }),
    ),
    graphType,
    at,
  );

  expect(made.leftOut).toHaveLength(left);
  expect(made.refused).toEqual([]);
  expect(made.assignments.map(({ target }) => target['@odata.type'])).toEqual([
    '#microsoft.graph.groupAssignmentTarget',
    '#microsoft.graph.allLicensedUsersAssignmentTarget',
    '#microsoft.graph.allDevicesAssignmentTarget',
    '#microsoft.graph.exclusionGroupAssignmentTarget',
  ]);
  expect({ graphType, settings: made.assignments[0]?.settings }).toMatchSnapshot();
  const path = '/deviceAppManagement/mobileApps/591620b7-20b7-5916-b720-1659b7201659/assign';
  const body = { mobileAppAssignments: made.assignments.map(assignmentBody) };
  if (validate !== null) expect(validate(versionForAssignments(made.assignments), 'POST', path, body)).toEqual([]);
});

it('writes no settings where the template says nothing', () => {
  const [made] = assignmentsForApp(template(row()), 'win32LobApp', at).assignments;

  expect(made?.settings).toBeNull();
});

it('puts a filter on the target, for beta', () => {
  const made = assignmentsForApp(template(row({ filter: filter('android') })), 'androidLobApp', at).assignments;

  expect(made[0]?.target).toMatchObject({
    deviceAndAppManagementAssignmentFilterId: '22f1c0de-0001-4a00-9a00-000000000001',
    deviceAndAppManagementAssignmentFilterType: 'include',
  });
  expect(versionForAssignments(made)).toBe('beta');
});

it.each<[string, Partial<AssignmentRow>, string, boolean]>([
  ['a filter of another platform', { filter: filter('iOS') }, 'androidLobApp', true],
  ['a filter of its platform', { filter: filter('windows10AndLater') }, 'win32LobApp', false],
  ['a Windows app without enrolment', { intent: 'availableWithoutEnrollment' }, 'win32LobApp', true],
  ['an iPhone app without enrolment', { intent: 'availableWithoutEnrollment' }, 'iosLobApp', false],
])('refuses what would reach other people than meant: %s', (_what, change, graphType, isRefused) => {
  const { refused } = assignmentsForApp(template(row(change)), graphType, at);

  expect(refused.length > 0).toBe(isRefused);
});
