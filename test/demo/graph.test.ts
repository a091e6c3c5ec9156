import { randomBytes, randomUUID } from 'node:crypto';
import { groupIds } from '../../demo/graph/seed.ts';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { appIds, tenantIds } from '../../demo/tenants.ts';
import { androidApp, commit, encrypt, fileInState, graph, openUpload, tokenFor, uploadAll } from './cloud-client.ts';

const apps = '/deviceAppManagement/mobileApps';
let cloud: LocalCloud;
let token: string;
let reader: string;
beforeAll(async () => {
  cloud = await startLocalCloud({ furtherApps: 45 });
  token = await tokenFor(cloud);
  reader = await tokenFor(cloud, appIds.contosoReader);
});
afterEach(() => cloud.faults.clear());
afterAll(() => cloud.stop());

const existing = (name: string) => cloud.state.apps(tenantIds.contoso).find((app) => app.displayName === name)!.id;
const grantAll = (roles: string[]) => {
  const principal = cloud.tenants.tenants[0]!.servicePrincipals.find((one) => one.appId === appIds.contosoReader)!;
  principal.grants = roles.map((role) => ({ role: role as never, assignmentId: 'x', createdAt: 0 }));
  return tokenFor(cloud, appIds.contosoReader);
};
const published = async (body: Record<string, unknown> = androidApp) => {
  const created = await graph(cloud, token, 'POST', apps, { body });
  cloud.state.intune(tenantIds.contoso).apps.get(created.json.id)!.publishedAt = 0;
  return `${apps}/${created.json.id}`;
};

describe('what the local Graph does not know, it refuses', () => {
  it.each([
    ['a version', '/v2.0/deviceAppManagement/mobileApps', 'Invalid version'],
    ['a root', '/v1.0/deviceApps', "segment 'deviceApps'"],
    ['a relation', `/v1.0${apps}/x/installers`, "segment 'installers'"],
    ['a relation of beta in v1.0', '/v1.0/deviceManagement/assignmentFilters', "segment 'assignmentFilters'"],
    ['an option', `/v1.0${apps}?$search=x`, "'$search'"],
    ['an order', `/v1.0${apps}?$orderby=publisher`, 'OrderBy'],
    ['an option without dollar', `/v1.0${apps}?top=1`, "'top'"],
    ['an option given twice', `/v1.0${apps}?$top=1&$top=2`, 'more than once'],
    ['a page size above the limit', `/v1.0${apps}?$top=5000`, 'limit'],
    ['a page size that is no number', `/v1.0${apps}?$top=all`, '$top'],
    ['a page token of its own', `/v1.0${apps}?$skiptoken=20`, '$skiptoken'],
    ['a property to select', `/v1.0${apps}?$select=packageId`, "'packageId'"],
    ['a filter function', `/v1.0${apps}?$filter=startswith(displayName,'x')`, 'Invalid filter'],
    ['a property to look into', `/v1.0${apps}?$filter=contains(publisher,'x')`, 'Invalid filter'],
    ['a property to filter on', `/v1.0${apps}?$filter=packageId eq 'x'`, 'Invalid filter'],
    ['a type to filter on', `/v1.0${apps}?$filter=isof('microsoft.graph.macOSPkgApp')`, 'Invalid filter'],
    ['a filter that is cut off', `/v1.0${apps}?$filter=displayName eq 'x' and`, 'Invalid filter'],
  ])('%s', async (_what, path, message) => {
    const answer = await graph(cloud, token, 'GET', path);
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain(message);
    expect(answer.json.error.innerError).toMatchObject({ 'request-id': answer.headers['request-id'] });
  });

  it('a header of Microsoft’s kind', async () => {
    const answer = await graph(cloud, token, 'GET', apps, { headers: { 'x-ms-command-name': 'x' } });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain('x-ms-command-name');
  });

  it('a method that is not played', async () => {
    expect((await graph(cloud, token, 'DELETE', '/deviceAppManagement/mobileAppCategories/x')).status).toBe(501);
  });

  it('a body that is no JSON, or is not called so', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await graph(cloud, token, 'POST', apps, { headers, body: '{' })).status).toBe(400);
    const asText = { headers: { 'content-type': 'text/plain' }, body: JSON.stringify(androidApp) };
    expect((await graph(cloud, token, 'POST', apps, asText)).status).toBe(400);
  });

  it('a property, told the way Intune does', async () => {
    const answer = await graph(cloud, token, 'POST', apps, { body: { ...androidApp, identityName: 'x' } });
    expect(answer.status).toBe(400);
    expect(answer.json.error.code).toBe('BadRequest');
    expect(JSON.parse(answer.json.error.message)).toMatchObject({
      _version: 3,
      Message: expect.stringContaining("'identityName'"),
    });
  });

  it('an enum name, told the way Graph does', async () => {
    const path = await published();
    const body = {
      mobileAppAssignments: [
        { intent: 'mandatory', target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } },
      ],
    };
    const answer = await graph(cloud, token, 'POST', `${path}/assign`, { body });
    expect(answer.json.error).toMatchObject({
      code: 'ModelValidationFailure',
      message: "Requested value 'mandatory' was not found.",
    });
  });
});

describe('roles', () => {
  it('are wanted for every write, with the names of what would do', async () => {
    const answer = await graph(cloud, reader, 'POST', apps, { body: androidApp });
    expect(answer.status).toBe(403);
    expect(answer.json.error.code).toBe('Forbidden');
    expect(JSON.parse(answer.json.error.message).Message).toContain(
      'one of the following scopes: DeviceManagementApps.ReadWrite.All',
    );
  });

  it.each([
    ['devices', '/v1.0/deviceManagement/managedDevices', 'Forbidden', 'not authorized'],
    ['assignment filters', '/beta/deviceManagement/assignmentFilters', 'Forbidden', 'not authorized'],
    ['groups', '/v1.0/groups', 'Authorization_RequestDenied', 'Insufficient privileges'],
    ['the organization', '/v1.0/organization', 'Authorization_RequestDenied', 'Insufficient privileges'],
    ['service principals', '/v1.0/servicePrincipals', 'Authorization_RequestDenied', 'Insufficient privileges'],
  ])('are wanted for %s', async (_what, path, code, message) => {
    const answer = await graph(cloud, token, 'GET', path);
    expect(answer.status).toBe(403);
    expect(answer.json.error.code).toBe(code);
    expect(answer.json.error.message).toContain(message);
  });

  it('open what they are for', async () => {
    const wide = await grantAll([
      'GroupMember.Read.All',
      'DeviceManagementConfiguration.Read.All',
      'Application.Read.All',
    ]);
    const get = (path: string, headers = {}) => graph(cloud, wide, 'GET', path, { headers });
    expect((await get("/groups?$filter=displayName eq 'Mobile pilot'&$select=id")).json.value).toEqual([
      { id: groupIds.pilot },
    ]);
    const search = await get('/groups?$search="displayName:staff"', { ConsistencyLevel: 'eventual' });
    expect(search.json.value).toMatchObject([{ displayName: 'All staff' }]);
    expect((await get('/groups?$search="displayName:staff"')).status).toBe(400);
    expect((await get('/beta/deviceManagement/assignmentFilters')).json.value).toHaveLength(2);
    expect((await get('/deviceManagement/managedDevices?$top=1')).json.value).toHaveLength(1);
    expect((await get('/organization')).json.value[0]).toMatchObject({ id: tenantIds.contoso, displayName: 'Contoso' });
    const own = await get(`/servicePrincipals(appId='${appIds.contosoReader}')`);
    expect(own.json.displayName).toBe('App inventory reader');
    const granted = await get(`/servicePrincipals/${own.json.id}/appRoleAssignments`);
    expect(granted.json.value).toHaveLength(3);
    expect((await get(apps)).status).toBe(403);
  });

  it('of one tenant show that tenant’s data only', async () => {
    const fabrikam = cloud.tenants.tenants.find((tenant) => tenant.id === tenantIds.fabrikam)!;
    fabrikam.servicePrincipals[0]!.grants = [
      { role: 'DeviceManagementApps.ReadWrite.All', assignmentId: 'x', createdAt: 0 },
    ];
    const there = await tokenFor(cloud, appIds.fabrikamPublisher, tenantIds.fabrikam);
    expect((await graph(cloud, there, 'GET', apps)).json.value).toEqual([]);
    expect((await graph(cloud, there, 'GET', `${apps}/${existing('API Demos')}`)).status).toBe(404);
  });

  it('do not help in a tenant without Intune', async () => {
    const there = await tokenFor(cloud, appIds.northwindPublisher, tenantIds.northwind);
    const answer = await graph(cloud, there, 'GET', '/deviceManagement');
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toBe('Request not applicable to target tenant.');
  });
});

describe('listing apps', () => {
  it('pages with a next link that repeats the question', async () => {
    const names: string[] = [];
    let path = `${apps}?$filter=isof('microsoft.graph.androidLobApp')&$select=id,displayName&$top=20`;
    let pages = 0;
    for (; path !== ''; pages += 1) {
      const answer = await graph(cloud, token, 'GET', path);
      expect(answer.status).toBe(200);
      names.push(...answer.json.value.map((app: { displayName: string }) => app.displayName));
      path = String(answer.json['@odata.nextLink'] ?? '').replace(`${cloud.graphUrl}`, '');
    }
    const android = cloud.state.apps(tenantIds.contoso).filter((app) => app.type === 'androidLobApp');
    expect(pages).toBe(Math.ceil(android.length / 20));
    expect(new Set(names)).toEqual(new Set(android.map((app) => app.displayName)));
  });

  it('finds by name and combines filters', async () => {
    const find = async (filter: string) =>
      (await graph(cloud, token, 'GET', `${apps}?$filter=${encodeURIComponent(filter)}&$select=displayName`)).json
        .value;
    expect(await find("displayName eq 'api demos'")).toMatchObject([{ displayName: 'API Demos' }]);
    expect(await find("displayName eq 'it''s'")).toEqual([]);
    expect(
      await find(
        "(isof('microsoft.graph.iosLobApp') or isof('microsoft.graph.webApp')) and not (displayName eq 'Intranet')",
      ),
    ).toMatchObject([{ displayName: 'Expenses' }]);
  });

  it('shows assignments where they are asked for', async () => {
    const answer = await graph(cloud, token, 'GET', `${apps}/${existing('API Demos')}?$expand=assignments`);
    expect(answer.json.assignments).toHaveLength(3);
  });

  it('answers 503 to large pages while that fault is on', async () => {
    cloud.faults.set('largePages503');
    expect((await graph(cloud, token, 'GET', apps)).status).toBe(503);
    expect((await graph(cloud, token, 'GET', `${apps}?$top=20`)).status).toBe(200);
  });
});

describe('content versions', () => {
  const versions = (appId: string, type = 'androidLobApp') =>
    `${apps}/${appId}/microsoft.graph.${type}/contentVersions`;

  it('want the concrete type of the app before them', async () => {
    const created = await graph(cloud, token, 'POST', apps, { body: androidApp });
    const id = created.json.id as string;
    expect((await graph(cloud, token, 'POST', `${apps}/${id}/contentVersions`, { body: {} })).status).toBe(400);
    for (const type of ['mobileLobApp', 'iosLobApp'])
      expect((await graph(cloud, token, 'POST', versions(id, type), { body: {} })).status).toBe(400);
    expect((await graph(cloud, token, 'POST', versions(id), { body: {} })).json.id).toBe('1');
  });

  it('are refused while another one is open, and possible again after that one is deleted', async () => {
    const created = await graph(cloud, token, 'POST', apps, { body: androidApp });
    const path = versions(created.json.id);
    await graph(cloud, token, 'POST', path, { body: {} });
    const second = await graph(cloud, token, 'POST', path, { body: {} });
    expect(second.status).toBe(400);
    expect((await graph(cloud, token, 'DELETE', `${path}/1`)).status).toBe(204);
    expect((await graph(cloud, token, 'POST', path, { body: {} })).json.id).toBe('2');
  });

  it('follow a committed one, which stays', async () => {
    const upload = await openUpload(cloud, token, encrypt(randomBytes(2_000)));
    await uploadAll(cloud, upload);
    await commit(cloud, token, upload);
    await fileInState(cloud, token, upload.filePath, 'commitFileSuccess');
    const type = androidApp['@odata.type'];
    await graph(cloud, token, 'PATCH', `${apps}/${upload.appId}`, {
      body: { '@odata.type': type, committedContentVersion: '1' },
    });
    expect((await graph(cloud, token, 'POST', versions(upload.appId), { body: {} })).json.id).toBe('2');
    expect((await graph(cloud, token, 'DELETE', `${versions(upload.appId)}/1`)).status).toBe(400);
    const files = await graph(cloud, token, 'GET', `${versions(upload.appId)}/1/files`);
    expect(files.json.value).toMatchObject([{ isCommitted: true, uploadState: 'commitFileSuccess' }]);
  });

  it.each([
    ['a version that is not there', '7'],
    ['a version without content', '1'],
  ])('cannot be activated: %s', async (_what, version) => {
    const created = await graph(cloud, token, 'POST', apps, { body: androidApp });
    await graph(cloud, token, 'POST', versions(created.json.id), { body: {} });
    const body = { '@odata.type': androidApp['@odata.type'], committedContentVersion: version };
    expect((await graph(cloud, token, 'PATCH', `${apps}/${created.json.id}`, { body })).status).toBe(400);
  });
});

describe('assignments', () => {
  const devices = { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' };
  const group = (groupId: string, kind = 'groupAssignmentTarget') => ({
    '@odata.type': `#microsoft.graph.${kind}`,
    groupId,
  });
  const assign = (path: string, ...mobileAppAssignments: unknown[]) =>
    graph(cloud, token, 'POST', `${path}/assign`, { body: { mobileAppAssignments } });

  it('wait until the app is published', async () => {
    const created = await graph(cloud, token, 'POST', apps, { body: androidApp });
    const answer = await assign(`${apps}/${created.json.id}`, { intent: 'required', target: devices });
    expect(answer.status).toBe(400);
    expect(answer.json.error.message).toContain('PublishingState');
  });

  it('replace all, and keep one of several to the same target', async () => {
    const path = await published();
    await assign(path, { intent: 'required', target: devices });
    const pilot = { intent: 'available', target: group(groupIds.pilot) };
    expect((await assign(path, pilot, { ...pilot, intent: 'required' })).status).toBe(204);
    const held = (await graph(cloud, token, 'GET', `${path}/assignments`)).json.value;
    expect(held).toMatchObject([pilot]);
    const one = await graph(cloud, token, 'POST', `${path}/assignments`, {
      body: { intent: 'required', target: devices },
    });
    expect(one.status).toBe(201);
    expect((await graph(cloud, token, 'DELETE', `${path}/assignments/${held[0].id}`)).status).toBe(204);
    expect((await graph(cloud, token, 'GET', `${path}/assignments`)).json.value).toHaveLength(1);
  });

  it.each([
    [
      'settings on an exclusion',
      {
        intent: 'required',
        target: group(randomUUID(), 'exclusionGroupAssignmentTarget'),
        settings: { '@odata.type': '#microsoft.graph.iosLobAppAssignmentSettings' },
      },
    ],
    [
      'settings of another type of app',
      {
        intent: 'required',
        target: devices,
        settings: { '@odata.type': '#microsoft.graph.iosLobAppAssignmentSettings' },
      },
    ],
    ['a group that is no id', { intent: 'required', target: group('Mobile pilot') }],
  ])('refuse %s', async (_what, assignment) => {
    expect((await assign(await published(), assignment)).status).toBe(400);
  });

  it('take categories by reference', async () => {
    const path = await published();
    const [category] = (await graph(cloud, token, 'GET', '/deviceAppManagement/mobileAppCategories')).json.value;
    const link = `${cloud.graphUrl}/v1.0/deviceAppManagement/mobileAppCategories/${category.id}`;
    const added = await graph(cloud, token, 'POST', `${path}/categories/$ref`, { body: { '@odata.id': link } });
    expect(added.status).toBe(204);
    expect((await graph(cloud, token, 'GET', `${path}/categories`)).json.value).toMatchObject([{ id: category.id }]);
    expect((await graph(cloud, token, 'DELETE', `${path}/categories/${category.id}/$ref`)).status).toBe(204);
    const elsewhere = {
      '@odata.id': `https://graph.microsoft.com/v1.0/deviceAppManagement/mobileAppCategories/${category.id}`,
    };
    expect((await graph(cloud, token, 'POST', `${path}/categories/$ref`, { body: elsewhere })).status).toBe(404);
  });
});
