import { type AppAssignment, createAppAssignments } from '../../src/graph/app-assignments.ts';
import { builtInClouds } from '../../src/graph/clouds.ts';
import { createGraphClient } from '../../src/graph/http-graph-client.ts';
import { loadGraphValidator } from '../fakes/graph-metadata.ts';
import { recordedWaits, type ScriptedAnswer, ScriptedOutbound } from '../fakes/scripted-outbound.ts';

const appId = '591620b7-20b7-5916-b720-1659b7201659';
const groupId = '11f1c0de-0002-4a00-9a00-000000000002';
const validate = await loadGraphValidator();

function assignments(...answers: ScriptedAnswer[]) {
  const outbound = new ScriptedOutbound(...answers);
  const graph = createGraphClient({
    cloud: builtInClouds[0]!,
    tokenSource: { getToken: async () => ({ value: 't', expiresAt: 0 }) },
    outbound,
    wait: recordedWaits().wait,
  });
  return { assignments: createAppAssignments(graph), outbound };
}

const toGroup: AppAssignment = {
  intent: 'required',
  target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId },
  settings: null,
};
const ios = (more: Record<string, unknown>): AppAssignment => ({
  ...toGroup,
  settings: { '@odata.type': '#microsoft.graph.iosLobAppAssignmentSettings', isRemovable: true, ...more },
});
const filtered = (type: string, id: string | null): AppAssignment => ({
  ...toGroup,
  target: {
    ...toGroup.target,
    deviceAndAppManagementAssignmentFilterId: id,
    deviceAndAppManagementAssignmentFilterType: type,
  },
});

it('reads assignments where filters are shown, and keeps what it does not know', async () => {
  const strange = { '@odata.type': '#microsoft.graph.newTarget', newThing: [1] };
  const { assignments: read, outbound } = assignments({
    status: 200,
    body: { value: [{ id: 'x', source: 'direct', intent: 'someday', target: strange, settings: null }] },
  });

  expect(await read.list(appId)).toEqual([{ intent: 'someday', target: strange, settings: null }]);
  expect(outbound.sent[0]?.url.pathname).toBe(`/beta/deviceAppManagement/mobileApps/${appId}/assignments`);
});

it.each<[string, AppAssignment[], string]>([
  ['a group', [toGroup], 'v1.0'],
  ['a filter that is none', [filtered('none', null)], 'v1.0'],
  ['a filter', [filtered('include', groupId)], 'beta'],
  ['settings of v1.0, read from beta', [ios({ preventManagedAppBackup: null })], 'v1.0'],
  ['a setting of beta', [ios({ preventManagedAppBackup: true })], 'beta'],
  ['a filter beside a plain group', [toGroup, { ...filtered('exclude', groupId), intent: 'available' }], 'beta'],
  [
    'settings of a Store app',
    [
      {
        ...toGroup,
        settings: { '@odata.type': '#microsoft.graph.winGetAppAssignmentSettings', notifications: 'showAll' },
      },
    ],
    'beta',
  ],
])('writes %s to the version that knows it', async (_what, all, version) => {
  const { assignments: write, outbound } = assignments({ status: 204 });

  await write.assign(appId, all);

  const [request] = outbound.sent;
  const path = `/deviceAppManagement/mobileApps/${appId}/assign`;
  expect(request?.url.pathname).toBe(`/${version}${path}`);
  const body: unknown = JSON.parse(request?.body ?? '');
  if (validate !== null) expect(validate(version, 'POST', path, body)).toEqual([]);
});
