import { randomBytes } from 'node:crypto';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { tenantIds } from '../../demo/tenants.ts';
import {
  androidApp,
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

describe.each(['memory', 'azurite'] as const)('publishing with storage %s', (storage) => {
  let cloud: LocalCloud;
  let token: string;
  beforeAll(async () => {
    cloud = await startLocalCloud({ storage });
    token = await tokenFor(cloud);
  });
  afterAll(() => cloud.stop());

  it('takes an app from created to published and assigned', async () => {
    const encrypted = encrypt(randomBytes(300_000));
    const upload = await openUpload(cloud, token, encrypted);
    await uploadAll(cloud, upload);
    expect((await commit(cloud, token, upload)).status).toBe(200);
    const file = await fileInState(cloud, token, upload.filePath, 'commitFileSuccess');
    expect(file.json.isCommitted).toBe(true);

    const path = `${apps}/${upload.appId}`;
    expect((await graph(cloud, token, 'GET', path)).json.publishingState).toBe('notPublished');
    const patched = await graph(cloud, token, 'PATCH', path, {
      body: { '@odata.type': androidApp['@odata.type'], committedContentVersion: '1' },
    });
    expect(patched.json.publishingState).toBe('processing');
    const published = await graph(cloud, token, 'GET', path);
    expect(published.json).toMatchObject({ publishingState: 'published', committedContentVersion: '1', size: 300_000 });

    const target = { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' };
    const assigned = await graph(cloud, token, 'POST', `${path}/assign`, {
      body: { mobileAppAssignments: [{ intent: 'required', target }] },
    });
    expect(assigned.status).toBe(204);
    const assignments = await graph(cloud, token, 'GET', `${path}/assignments`);
    expect(assignments.json.value).toMatchObject([{ intent: 'required', target }]);

    expect(cloud.state.content(upload.appId)).toEqual({
      plainSha256: encrypted.digestHex,
      size: 300_000,
      verified: true,
    });
    expect(cloud.state.apps(tenantIds.contoso).find((app) => app.id === upload.appId)?.version).toBe('1.0');
  });

  it('takes blocks in any order', async () => {
    const encrypted = encrypt(randomBytes(100_000));
    const upload = await openUpload(cloud, token, encrypted);
    await putBlock(cloud, upload.uploadUrl, 1, encrypted.bytes.subarray(50_000));
    await putBlock(cloud, upload.uploadUrl, 0, encrypted.bytes.subarray(0, 50_000));
    expect((await putBlockList(cloud, upload.uploadUrl, 2)).status).toBe(201);
    await commit(cloud, token, upload);
    await fileInState(cloud, token, upload.filePath, 'commitFileSuccess');
    expect(cloud.state.content(upload.appId)?.verified).toBe(true);
  });

  it('refuses a block list that names a block nobody sent', async () => {
    const upload = await openUpload(cloud, token, encrypt(Buffer.from('small')));
    await putBlock(cloud, upload.uploadUrl, 0, upload.encrypted.bytes);
    const answer = await putBlockList(cloud, upload.uploadUrl, 2);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('<Code>InvalidBlockList</Code>');
  });
});

describe('content that does not fit its keys', () => {
  let cloud: LocalCloud;
  let token: string;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    token = await tokenFor(cloud);
  });
  afterAll(() => cloud.stop());

  const other = randomBytes(32).toString('base64');
  it.each([
    ['another MAC than the content’s', { mac: other }],
    ['another MAC key', { macKey: other }],
    ['another content key', { encryptionKey: other }],
    ['another digest', { fileDigest: other }],
    ['another vector', { initializationVector: randomBytes(16).toString('base64') }],
    ['an unknown profile', { profileIdentifier: 'ProfileVersion2' }],
    ['a digest called SHA1', { fileDigestAlgorithm: 'SHA1' }],
  ])('is not committed: %s', async (_what, wrong) => {
    const upload = await openUpload(cloud, token, encrypt(randomBytes(5_000)));
    await uploadAll(cloud, upload);
    const info = { ...upload.encrypted.info, ...wrong } as Record<string, string>;
    expect((await commit(cloud, token, upload, info)).status).toBe(200);
    await fileInState(cloud, token, upload.filePath, 'commitFileFailed');
    expect(cloud.state.content(upload.appId)?.verified).toBe(false);
  });

  it('is not committed: another size than announced', async () => {
    const encrypted = encrypt(randomBytes(5_000));
    const upload = await openUpload(cloud, token, { ...encrypted, size: 4_999 });
    await uploadAll(cloud, upload);
    await commit(cloud, token, upload);
    await fileInState(cloud, token, upload.filePath, 'commitFileFailed');
  });

  it('is not committed: a byte of the content changed', async () => {
    const encrypted = encrypt(randomBytes(5_000));
    const bytes = Buffer.from(encrypted.bytes);
    bytes.writeUInt8(bytes.readUInt8(2_000) ^ 1, 2_000);
    const upload = await openUpload(cloud, token, { ...encrypted, bytes });
    await uploadAll(cloud, upload);
    await commit(cloud, token, upload);
    await fileInState(cloud, token, upload.filePath, 'commitFileFailed');
  });

  it('is not committed without a block list, and a failed file cannot be committed again', async () => {
    const upload = await openUpload(cloud, token, encrypt(randomBytes(5_000)));
    await putBlock(cloud, upload.uploadUrl, 0, upload.encrypted.bytes);
    await commit(cloud, token, upload);
    await fileInState(cloud, token, upload.filePath, 'commitFileFailed');
    expect((await commit(cloud, token, upload)).status).toBe(400);
    const activate = await graph(cloud, token, 'PATCH', `${apps}/${upload.appId}`, {
      body: { '@odata.type': androidApp['@odata.type'], committedContentVersion: '1' },
    });
    expect(activate.status).toBe(400);
  });
});

describe('the upload address', () => {
  let cloud: LocalCloud;
  let token: string;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    token = await tokenFor(cloud);
  });
  afterAll(() => cloud.stop());

  it('expires, and a renewal gives another signature for the same blob', async () => {
    const upload = await openUpload(cloud, token, encrypt(randomBytes(40_000)));
    const first = upload.encrypted.bytes.subarray(0, 20_000);
    expect((await putBlock(cloud, upload.uploadUrl, 0, first)).status).toBe(201);
    cloud.advance(16 * 60_000);
    const late = await putBlock(cloud, upload.uploadUrl, 1, upload.encrypted.bytes.subarray(20_000));
    expect(late.status).toBe(403);
    expect(late.headers['x-ms-error-code']).toBe('AuthenticationFailed');
    expect(late.text).toContain('Signed expiry time');

    expect((await graph(cloud, token, 'POST', `${upload.filePath}/renewUpload`, { body: {} })).status).toBe(200);
    const renewed = await fileInState(cloud, token, upload.filePath, 'azureStorageUriRenewalSuccess');
    const uploadUrl = renewed.json.azureStorageUri as string;
    expect(new URL(uploadUrl).pathname).toBe(new URL(upload.uploadUrl).pathname);
    expect(uploadUrl).not.toBe(upload.uploadUrl);
    await putBlock(cloud, uploadUrl, 1, upload.encrypted.bytes.subarray(20_000));
    await putBlockList(cloud, uploadUrl, 2);
    await commit(cloud, token, upload);
    await fileInState(cloud, token, upload.filePath, 'commitFileSuccess');
  });

  it.each([
    ['a changed signature', (url: string) => url.replace(/sig=...../, 'sig=AAAAA'), {}, 403],
    ['another blob', (url: string) => url.replace('.bin?', 'x.bin?'), {}, 403],
    ['an Authorization header', (url: string) => url, { authorization: 'Bearer x' }, 400],
    ['an unknown query parameter', (url: string) => `${url}&snapshot=1`, {}, 400],
    ['an unknown x-ms header', (url: string) => url, { 'x-ms-tags': 'a=b' }, 400],
    ['another blob type', (url: string) => url, { 'x-ms-blob-type': 'PageBlob' }, 400],
  ])('refuses %s', async (_what, change, headers, status) => {
    const upload = await openUpload(cloud, token, encrypt(Buffer.from('small')));
    const answer = await putBlock(cloud, change(upload.uploadUrl), 0, upload.encrypted.bytes, { headers });
    expect(answer.status).toBe(status);
  });

  it.each([
    ['reading', 'GET', '', 403],
    ['a whole blob in one request', 'PUT', '', 400],
    ['an operation it does not know', 'PUT', '&comp=metadata', 400],
    ['a block id that is not base64', 'PUT', '&comp=block&blockid=%2A%2A', 400],
    ['an empty block', 'PUT', `&comp=block&blockid=${encodeURIComponent('MDAwMDAw')}`, 400],
  ])('refuses %s', async (_what, method, query, status) => {
    const upload = await openUpload(cloud, token, encrypt(Buffer.from('small')));
    const answer = await exchange(cloud, method, `${upload.uploadUrl}${query}`, { headers: { 'content-length': '0' } });
    expect(answer.status).toBe(status);
  });

  it('wants block ids of one length', async () => {
    const upload = await openUpload(cloud, token, encrypt(Buffer.from('small')));
    await putBlock(cloud, upload.uploadUrl, 0, upload.encrypted.bytes);
    const url = `${upload.uploadUrl}&comp=block&blockid=${encodeURIComponent(Buffer.from('1').toString('base64'))}`;
    const answer = await exchange(cloud, 'PUT', url, { body: upload.encrypted.bytes });
    expect(answer.headers['x-ms-error-code']).toBe('InvalidBlobOrBlock');
  });
});
