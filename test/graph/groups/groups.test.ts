import { builtInClouds } from '../../../src/graph/clouds.ts';
import { listAssignmentFilters } from '../../../src/graph/groups/assignment-filters.ts';
import { createGroups } from '../../../src/graph/groups/groups.ts';
import { createGraphClient } from '../../../src/graph/http-graph-client.ts';
import { problemOf } from '../../fakes/problem-of.ts';
import { recordedWaits, type ScriptedAnswer, ScriptedOutbound } from '../../fakes/scripted-outbound.ts';

const pilot = { id: '11F1C0DE-0002-4A00-9A00-000000000002', displayName: 'Mobile pilot', description: 'First' };

function graphWith(...answers: ScriptedAnswer[]) {
  const outbound = new ScriptedOutbound(...answers);
  const graph = createGraphClient({
    cloud: builtInClouds[0]!,
    tokenSource: { getToken: async () => ({ value: 't', expiresAt: 0 }) },
    outbound,
    wait: recordedWaits().wait,
  });
  return { graph, outbound };
}

describe('groups', () => {
  it('are searched by the words of their names, with the header that Graph wants for it', async () => {
    const { graph, outbound } = graphWith({ status: 200, body: { value: [pilot] } });

    const found = await createGroups(graph).search('mobile "pi\\', 10);

    expect(found).toEqual([{ id: '11f1c0de-0002-4a00-9a00-000000000002', name: 'Mobile pilot', description: 'First' }]);
    const [request] = outbound.sent;
    expect(request?.headers.get('consistencylevel')).toBe('eventual');
    expect(request?.url.pathname).toBe('/v1.0/groups');
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual({
      $search: '"displayName:mobile  pi"',
      $select: 'id,displayName,description',
      $top: '10',
    });
  });

  it('are not searched without a word', async () => {
    const { graph, outbound } = graphWith();

    expect(await createGroups(graph).search('  "" ', 10)).toEqual([]);
    expect(outbound.sent).toEqual([]);
  });

  it('are found by id, fifteen with each request, those deleted missing', async () => {
    const ids = Array.from({ length: 17 }, (_, index) => `11f1c0de-0002-4a00-9a00-0000000000${index + 10}`);
    const answer = (id: string) => ({ status: 200, body: { value: [{ ...pilot, id }] } });
    const { graph, outbound } = graphWith(answer(ids[0]!), answer(ids[16]!));

    const found = await createGroups(graph).byIds([...ids, ids[0]!.toUpperCase()]);

    expect([...found.keys()]).toEqual([ids[0], ids[16]]);
    const sizes = outbound.sent.map(({ url }) => url.searchParams.get('$filter')?.split(',').length);
    expect(sizes).toEqual([15, 2]);
  });

  it('name the permission that is missing', async () => {
    const { graph } = graphWith({
      status: 403,
      body: { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } },
    });

    const problem = await problemOf(createGroups(graph).search('pilot', 10));

    expect(problem.code).toBe('graphPermissionMissing');
  });
});

describe('assignment filters', () => {
  it('are read from beta by name, without those for app protection', async () => {
    const filter = (id: string, displayName: string, type: string) => ({
      id,
      displayName,
      platform: 'android',
      rule: '(x)',
      assignmentFilterManagementType: type,
    });
    const { graph, outbound } = graphWith({
      status: 200,
      body: {
        value: [filter('2', 'Work phones', 'devices'), filter('3', 'Apps', 'apps'), filter('1', 'Kiosk', 'devices')],
      },
    });

    const found = await listAssignmentFilters(graph);

    expect(found.map(({ name, platform }) => [name, platform])).toEqual([
      ['Kiosk', 'android'],
      ['Work phones', 'android'],
    ]);
    expect(outbound.sent[0]?.url.pathname).toBe('/beta/deviceManagement/assignmentFilters');
  });
});
