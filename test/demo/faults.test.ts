import { randomBytes } from 'node:crypto';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { tenantIds } from '../../demo/tenants.ts';
import {
  androidApp,
  androidManifest,
  commit,
  encrypt,
  exchange,
  fileInState,
  graph,
  openUpload,
  putBlock,
  putBlockList,
  tokenFor,
  uploadAll,
} from './cloud-client.ts';

const apps = '/deviceAppManagement/mobileApps';
let cloud: LocalCloud;
let token: string;
beforeAll(async () => {
  cloud = await startLocalCloud();
  token = await tokenFor(cloud);
});
afterEach(() => cloud.faults.clear());
afterAll(() => cloud.stop());

const namesHeld = () => cloud.state.apps(tenantIds.contoso).map((app) => app.displayName);

describe('faults of Graph', () => {
  it.each([
    ['throttleGraph429', 429, 'TooManyRequests', true],
    ['throttleGraph429NoRetryAfter', 429, 'TooManyRequests', false],
    ['graph503', 503, 'ServiceUnavailable', true],
    ['intuneProxy401', 401, 'UnknownError', false],
  ] as const)('%s happens as often as it is set', async (fault, status, code, hasRetryAfter) => {
    cloud.faults.set(fault, 2);
    for (let time = 0; time < 2; time += 1) {
      const answer = await graph(cloud, token, 'GET', `${apps}?$top=1`);
      expect(answer.status).toBe(status);
      expect(answer.json.error.code).toBe(code);
      expect(answer.headers['retry-after'] !== undefined).toBe(hasRetryAfter);
    }
    expect((await graph(cloud, token, 'GET', `${apps}?$top=1`)).status).toBe(200);
  });

  it('noIntune refuses until it is cleared', async () => {
    cloud.faults.set('noIntune');
    expect((await graph(cloud, token, 'GET', '/deviceManagement')).status).toBe(400);
    cloud.faults.clear('noIntune');
    expect((await graph(cloud, token, 'GET', '/deviceManagement')).status).toBe(200);
  });

  it('dropCreateAnswer creates the app and cuts the connection', async () => {
    cloud.faults.set('dropCreateAnswer', 1);
    const body = { ...androidApp, displayName: 'Without answer' };
    await expect(graph(cloud, token, 'POST', apps, { body })).rejects.toThrow();
    expect(namesHeld().filter((name) => name === 'Without answer')).toHaveLength(1);
  });

  it('dropCommitAnswer commits and cuts the connection', async () => {
    const upload = await openUpload(cloud, token, encrypt(randomBytes(1_000)));
    await uploadAll(cloud, upload);
    cloud.faults.set('dropCommitAnswer', 1);
    await expect(commit(cloud, token, upload)).rejects.toThrow();
    await fileInState(cloud, token, upload.filePath, 'commitFileSuccess');
  });

  it('failCommit fails good content, and the same version takes another file', async () => {
    const upload = await openUpload(cloud, token, encrypt(randomBytes(1_000)));
    await uploadAll(cloud, upload);
    cloud.faults.set('failCommit', 1);
    await commit(cloud, token, upload);
    await fileInState(cloud, token, upload.filePath, 'commitFileFailed');

    const files = upload.filePath.replace(/\/[^/]+$/, '');
    const body = {
      name: 'again.apk',
      size: 1_000,
      sizeEncrypted: upload.encrypted.bytes.length,
      manifest: androidManifest,
    };
    const file = await graph(cloud, token, 'POST', files, { body });
    const again = { ...upload, filePath: `${files}/${file.json.id}` };
    const ready = await fileInState(cloud, token, again.filePath, 'azureStorageUriRequestSuccess');
    await uploadAll(cloud, { ...again, uploadUrl: ready.json.azureStorageUri });
    await commit(cloud, token, again);
    await fileInState(cloud, token, again.filePath, 'commitFileSuccess');
  });

  it('sasRequestTimeout never gives an address', async () => {
    const created = await graph(cloud, token, 'POST', apps, { body: androidApp });
    const versions = `${apps}/${created.json.id}/microsoft.graph.androidLobApp/contentVersions`;
    await graph(cloud, token, 'POST', versions, { body: {} });
    cloud.faults.set('sasRequestTimeout', 1);
    const body = { name: 'a.apk', size: 10, sizeEncrypted: 64, manifest: androidManifest };
    const file = await graph(cloud, token, 'POST', `${versions}/1/files`, { body });
    const answer = await graph(cloud, token, 'GET', `${versions}/1/files/${file.json.id}`);
    expect(answer.json).toMatchObject({ uploadState: 'azureStorageUriRequestTimedOut', azureStorageUri: null });
  });
});

describe('faults of storage', () => {
  it('expireUploadUrl ends an address for good', async () => {
    const upload = await openUpload(cloud, token, encrypt(randomBytes(1_000)));
    cloud.faults.set('expireUploadUrl', 1);
    for (let time = 0; time < 2; time += 1) {
      const answer = await putBlock(cloud, upload.uploadUrl, 0, upload.encrypted.bytes);
      expect(answer.headers['x-ms-error-code']).toBe('AuthenticationFailed');
    }
    await graph(cloud, token, 'POST', `${upload.filePath}/renewUpload`);
    const renewed = await fileInState(cloud, token, upload.filePath, 'azureStorageUriRenewalSuccess');
    expect((await putBlock(cloud, renewed.json.azureStorageUri, 0, upload.encrypted.bytes)).status).toBe(201);
  });

  it.each([
    ['storage503', 503, 'ServerBusy'],
    ['storage403Once', 403, 'AuthorizationFailure'],
  ] as const)('%s passes', async (fault, status, code) => {
    const upload = await openUpload(cloud, token, encrypt(randomBytes(1_000)));
    cloud.faults.set(fault, 1);
    const first = await putBlock(cloud, upload.uploadUrl, 0, upload.encrypted.bytes);
    expect(first.status).toBe(status);
    expect(first.headers['x-ms-error-code']).toBe(code);
    expect((await putBlock(cloud, upload.uploadUrl, 0, upload.encrypted.bytes)).status).toBe(201);
  });

  it('blocks are counted, and a SAS stands in no log', async () => {
    const before = { ...cloud.state.counters };
    const upload = await openUpload(cloud, token, encrypt(randomBytes(1_000)));
    await uploadAll(cloud, upload, 500);
    expect(cloud.state.counters.blocks - before.blocks).toBe(3);
    expect(cloud.state.counters.bytes - before.bytes).toBe(upload.encrypted.bytes.length);
    const puts = cloud.state.requests('storage').slice(-4);
    expect(puts.map((entry) => [entry.method, entry.status])).toEqual(Array(4).fill(['PUT', 201]));
    expect(JSON.stringify(cloud.state.requests())).not.toContain('sig=');
  });
});

describe('Multi Admin Approval', () => {
  const header = (text: string) => ({ 'x-msft-approval-justification': Buffer.from(text).toString('base64') });
  const readyToActivate = async () => {
    const upload = await openUpload(cloud, token, encrypt(randomBytes(1_000)));
    await uploadAll(cloud, upload);
    await commit(cloud, token, upload);
    await fileInState(cloud, token, upload.filePath, 'commitFileSuccess');
    const path = `${apps}/${upload.appId}`;
    const body = { '@odata.type': androidApp['@odata.type'], committedContentVersion: '1' };
    return (headers: Record<string, string> = {}, more = {}) =>
      graph(cloud, token, 'PATCH', path, { headers, body: { ...body, ...more } });
  };
  const answerOnPortal = (id: string, decision: string) =>
    fetch(`${cloud.portalUrl}/approvals`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ tenant: tenantIds.contoso, id, decision }),
    });

  it('lets content through and holds the activation until somebody approves exactly it', async () => {
    cloud.faults.set('multiAdminApproval');
    const activate = await readyToActivate();
    const without = await activate();
    expect(without.status).toBe(400);
    expect(without.json.error.message).toContain('x-msft-approval-justification');

    const filed = await activate(header('Release 1.0, asked by Alex'));
    expect(filed.status).toBe(412);
    const code = String(filed.headers['x-msft-approval-code']);
    expect((await activate(header('Once more'))).status).toBe(409);
    expect((await activate({ 'x-msft-approval-code': code })).status).toBe(403);

    expect((await answerOnPortal(code, 'approve')).status).toBe(303);
    const request = await graph(cloud, token, 'GET', `/beta/deviceManagement/operationApprovalRequests/${code}`);
    expect(request.json).toMatchObject({ status: 'approved', requestJustification: 'Release 1.0, asked by Alex' });
    expect((await activate({ 'x-msft-approval-code': code }, { notes: 'changed' })).status).toBe(403);
    expect((await activate({ 'x-msft-approval-code': code })).status).toBe(200);
    expect((await activate({ 'x-msft-approval-code': code })).status).toBe(403);
  });

  it('can be rejected or cancelled', async () => {
    cloud.faults.set('multiAdminApproval');
    const activate = await readyToActivate();
    const first = String((await activate(header('Please'))).headers['x-msft-approval-code']);
    await answerOnPortal(first, 'reject');
    expect((await activate({ 'x-msft-approval-code': first })).status).toBe(403);
    const second = String((await activate(header('Please'))).headers['x-msft-approval-code']);
    const cancel = '/beta/deviceManagement/operationApprovalRequests/cancelMyRequest';
    expect((await graph(cloud, token, 'POST', cancel, { body: { id: second } })).status).toBe(204);
    expect((await activate(header('Please'))).status).toBe(412);
  });

  it.each([
    ['too long', 'x'.repeat(1025)],
    ['empty', ' '],
  ])('wants a justification that is not %s', async (_what, text) => {
    cloud.faults.set('multiAdminApproval');
    const activate = await readyToActivate();
    expect((await activate(header(text))).status).toBe(400);
    expect((await activate({ 'x-msft-approval-justification': 'plain text' })).status).toBe(400);
  });

  it('is not asked for while it is off', async () => {
    const activate = await readyToActivate();
    expect((await activate(header('Harmless'))).status).toBe(200);
  });
});

it('a lifelike pace shows every state between', async () => {
  let now = Date.parse('2026-11-21T10:00:00Z');
  const slow = await startLocalCloud({ pace: 'lifelike', clock: () => now });
  try {
    const slowToken = await tokenFor(slow);
    const encrypted = encrypt(randomBytes(1_000));
    const created = await graph(slow, slowToken, 'POST', apps, { body: androidApp });
    const versions = `${apps}/${created.json.id}/microsoft.graph.androidLobApp/contentVersions`;
    await graph(slow, slowToken, 'POST', versions, { body: {} });
    const body = {
      name: 'a.apk',
      size: encrypted.size,
      sizeEncrypted: encrypted.bytes.length,
      manifest: androidManifest,
    };
    const file = `${versions}/1/files/${(await graph(slow, slowToken, 'POST', `${versions}/1/files`, { body })).json.id}`;
    const state = async () => (await graph(slow, slowToken, 'GET', file)).json.uploadState;
    expect(await state()).toBe('azureStorageUriRequestPending');
    now += slow.delays.uploadUrl;
    expect(await state()).toBe('azureStorageUriRequestSuccess');
    const uploadUrl = (await graph(slow, slowToken, 'GET', file)).json.azureStorageUri;
    await putBlock(slow, uploadUrl, 0, encrypted.bytes);
    await putBlockList(slow, uploadUrl, 1);
    await graph(slow, slowToken, 'POST', `${file}/commit`, { body: { fileEncryptionInfo: encrypted.info } });
    expect(await state()).toBe('commitFilePending');
    now += slow.delays.commit;
    await fileInState(slow, slowToken, file, 'commitFileSuccess');
    const path = `${apps}/${created.json.id}`;
    await graph(slow, slowToken, 'PATCH', path, {
      body: { '@odata.type': androidApp['@odata.type'], committedContentVersion: '1' },
    });
    expect((await graph(slow, slowToken, 'GET', path)).json.publishingState).toBe('processing');
    now += slow.delays.publishing;
    expect((await graph(slow, slowToken, 'GET', path)).json.publishingState).toBe('published');
  } finally {
    await slow.stop();
  }
});

it('stops completely', async () => {
  const own = await startLocalCloud();
  const { loginUrl } = own;
  await own.stop();
  await expect(exchange(own, 'GET', `${loginUrl}/common/discovery/instance`)).rejects.toThrow();
});
