import { builtInClouds } from '../../src/graph/clouds.ts';
import { createMobileApps } from '../../src/graph/graph-mobile-apps.ts';
import { createGraphClient } from '../../src/graph/http-graph-client.ts';
import type { FileEncryptionInfo, NewMobileApp } from '../../src/graph/mobile-apps.ts';
import type { GraphAppType } from '../../src/packages/package-facts.ts';
import { loadGraphValidator } from '../fakes/graph-metadata.ts';
import { problemOf } from '../fakes/problem-of.ts';
import { recordedWaits, type ScriptedAnswer, ScriptedOutbound } from '../fakes/scripted-outbound.ts';

const appId = '591620b7-20b7-5916-b720-1659b7201659';
const validate = await loadGraphValidator();

function mobileApps(...answers: ScriptedAnswer[]) {
  const outbound = new ScriptedOutbound(...answers);
  const graph = createGraphClient({
    cloud: builtInClouds[0]!,
    tokenSource: { getToken: async () => ({ value: 't', expiresAt: 0 }) },
    outbound,
    wait: recordedWaits().wait,
  });
  const last = () => {
    const request = outbound.sent.at(-1)!;
    const [, version = '', ...path] = request.url.pathname.split('/');
    const body = request.body === undefined ? undefined : (JSON.parse(request.body) as unknown);
    return { method: request.method, version, path: `/${path.join('/')}`, body, query: request.url.searchParams };
  };
  return { apps: createMobileApps(graph), outbound, last };
}

const created = { status: 201, body: { id: '1' } };
const file = {
  status: 200,
  body: {
    id: 'f',
    uploadState: 'azureStorageUriRequestSuccess',
    azureStorageUri: 'https://x.blob.core.windows.net/y?sig=1',
    azureStorageUriExpirationDateTime: '2026-11-21T10:15:00Z',
    isCommitted: false,
  },
};
const newApp: NewMobileApp = {
  '@odata.type': '#microsoft.graph.androidLobApp',
  displayName: 'API Demos',
  description: 'Shows the APIs',
  publisher: 'Contoso',
  fileName: 'demos.apk',
  packageId: 'io.appium.android.apis',
  versionName: '5.0.0',
  versionCode: '25',
  minimumSupportedOperatingSystem: { v5_0: true },
};
const base64 = Buffer.from('x').toString('base64');
const info: FileEncryptionInfo = {
  encryptionKey: base64,
  macKey: base64,
  initializationVector: base64,
  mac: base64,
  profileIdentifier: 'ProfileVersion1',
  fileDigest: base64,
  fileDigestAlgorithm: 'SHA256',
};
const newFile = { name: 'demos.apk', size: 100, sizeEncrypted: 160, manifest: base64 };
const versions = `/deviceAppManagement/mobileApps/${appId}/microsoft.graph.androidLobApp/contentVersions`;

describe('what publishing sends to Intune', () => {
  const cases: [
    string,
    ScriptedAnswer,
    (apps: ReturnType<typeof mobileApps>['apps']) => Promise<unknown>,
    { method: string; path: string; body?: unknown },
  ][] = [
    [
      'a new app',
      created,
      (apps) => apps.create(newApp),
      { method: 'POST', path: '/deviceAppManagement/mobileApps', body: newApp },
    ],
    [
      'a content version, on the concrete type',
      created,
      (apps) => apps.createContentVersion(appId, 'androidLobApp'),
      { method: 'POST', path: versions, body: {} },
    ],
    [
      'a content file',
      file,
      (apps) => apps.createFile(appId, 'androidLobApp', '1', newFile),
      {
        method: 'POST',
        path: `${versions}/1/files`,
        body: { '@odata.type': '#microsoft.graph.mobileAppContentFile', ...newFile, isDependency: false },
      },
    ],
    [
      'a look at the file',
      file,
      (apps) => apps.getFile(appId, 'androidLobApp', '1', 'f'),
      { method: 'GET', path: `${versions}/1/files/f` },
    ],
    [
      'a renewal of the upload address',
      { status: 200 },
      (apps) => apps.renewUpload(appId, 'androidLobApp', '1', 'f'),
      { method: 'POST', path: `${versions}/1/files/f/renewUpload`, body: {} },
    ],
    [
      'the commit',
      { status: 200 },
      (apps) => apps.commitFile(appId, 'androidLobApp', '1', 'f', info),
      { method: 'POST', path: `${versions}/1/files/f/commit`, body: { fileEncryptionInfo: info } },
    ],
    [
      'the active version, as text and with the type',
      { status: 200, body: {} },
      (apps) => apps.activate(appId, 'androidLobApp', '1'),
      {
        method: 'PATCH',
        path: `/deviceAppManagement/mobileApps/${appId}`,
        body: { '@odata.type': '#microsoft.graph.androidLobApp', committedContentVersion: '1' },
      },
    ],
    [
      'new properties',
      { status: 200, body: {} },
      (apps) => apps.update(appId, 'androidLobApp', { versionName: '6', versionCode: '26' }),
      {
        method: 'PATCH',
        path: `/deviceAppManagement/mobileApps/${appId}`,
        body: { '@odata.type': '#microsoft.graph.androidLobApp', versionName: '6', versionCode: '26' },
      },
    ],
    [
      'the removal of a content version',
      { status: 204 },
      (apps) => apps.removeContentVersion(appId, 'androidLobApp', '1'),
      { method: 'DELETE', path: `${versions}/1` },
    ],
    [
      'the removal of an app',
      { status: 204 },
      (apps) => apps.remove(appId),
      { method: 'DELETE', path: `/deviceAppManagement/mobileApps/${appId}` },
    ],
  ];

  it.each(cases)('%s', async (_, answer, act, expected) => {
    const { apps, last } = mobileApps(answer);

    await act(apps);

    const sent = last();
    expect(sent).toMatchObject({ version: 'v1.0', ...expected });
    expect(sent.body).toEqual(expected.body);
    if (validate !== null) expect(validate('v1.0', sent.method, sent.path, sent.body)).toEqual([]);
  });

  it.each<[GraphAppType, string]>([
    ['win32LobApp', 'v1.0'],
    ['macOSDmgApp', 'v1.0'],
    ['macOSPkgApp', 'beta'],
  ])('content of %s goes to %s', async (type, version) => {
    const { apps, last } = mobileApps(created);

    await apps.createContentVersion(appId, type);

    const sent = last();
    expect(sent.version).toBe(version);
    if (validate !== null) expect(validate(version, sent.method, sent.path, sent.body)).toEqual([]);
  });
});

describe('what Intune says of an app', () => {
  it('is read without the prefix of its type, and what is not there is null', async () => {
    const { apps } = mobileApps({
      status: 200,
      body: {
        '@odata.type': '#microsoft.graph.androidLobApp',
        id: appId,
        displayName: 'API Demos',
        publishingState: 'processing',
        packageId: 'io.appium.android.apis',
        versionCode: '25',
        largeIcon: { type: 'image/png', value: '' },
      },
    });

    expect(await apps.get(appId)).toEqual({
      id: appId,
      graphType: 'androidLobApp',
      displayName: 'API Demos',
      publishingState: 'processing',
      committedContentVersion: null,
      notes: null,
      createdDateTime: null,
      properties: expect.objectContaining({ packageId: 'io.appium.android.apis', versionCode: '25' }),
    });
  });

  it('waits in a state that is new to it', async () => {
    const { apps } = mobileApps({ status: 200, body: { id: appId, publishingState: 'somethingNew' } });

    expect((await apps.get(appId)).publishingState).toBe('processing');
  });
});

describe('finding apps', () => {
  const app = (id: string, packageId: string) => ({ id, displayName: id, packageId, publishingState: 'published' });
  const next = 'https://graph.microsoft.com/v1.0/deviceAppManagement/mobileApps?$skiptoken=2';

  const android = { type: 'androidLobApp', version: 'v1.0' } as const;
  const isA = ({ properties }: { properties: Readonly<Record<string, unknown>> }) =>
    properties.packageId === 'com.contoso.a';

  it('looks through all pages of one type and reads what it finds whole', async () => {
    const { apps, outbound } = mobileApps(
      {
        status: 200,
        body: { value: [app('a', 'com.contoso.a'), app('b', 'com.contoso.A')], '@odata.nextLink': next },
      },
      { status: 200, body: { value: [app('c', 'com.contoso.a')] } },
      { status: 200, body: app('a', 'com.contoso.a') },
      { status: 200, body: { ...app('c', 'com.contoso.a'), versionCode: '7' } },
    );

    const found = await apps.find(android, isA);

    expect(found.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(found[1]?.properties.versionCode).toBe('7');
    expect(Object.fromEntries(outbound.sent[0]!.url.searchParams)).toEqual({
      $filter: "isof('microsoft.graph.androidLobApp')",
    });
  });

  it('fails when the listing breaks off', async () => {
    const { apps } = mobileApps(
      { status: 200, body: { value: [app('a', 'com.contoso.a')], '@odata.nextLink': next } },
      { status: 400, body: { error: { code: 'BadRequest', message: '' } } },
    );

    expect((await problemOf(apps.find(android, isA))).code).toBe('graphRequestRefused');
  });

  it('finds the app that carries a marker, whatever its name', async () => {
    const { apps, outbound } = mobileApps(
      {
        status: 200,
        body: {
          value: [
            { id: 'other', displayName: "Mia's app", notes: 'something else' },
            { id: appId, displayName: "Mia's app", notes: 'typed notes\nqm:job-7' },
          ],
        },
      },
      { status: 200, body: { id: appId, displayName: "Mia's app", notes: 'typed notes\nqm:job-7' } },
    );

    expect((await apps.findByMarker("Mia's app", 'qm:job-7'))?.id).toBe(appId);

    expect(outbound.sent[0]?.url.searchParams.get('$filter')).toBe("displayName eq 'Mia''s app'");
  });

  it('finds nothing where no app carries the marker', async () => {
    const { apps } = mobileApps({
      status: 200,
      body: { value: [{ id: 'x', displayName: 'X', notes: null }] },
    });

    expect(await apps.findByMarker('X', 'qm:job-7')).toBeNull();
  });

  it('lists the content versions', async () => {
    const { apps } = mobileApps({ status: 200, body: { value: [{ id: '1' }, { id: '2' }] } });

    expect(await apps.contentVersions(appId, 'androidLobApp')).toEqual(['1', '2']);
  });
});

describe('removing', () => {
  const gone = { status: 404, body: { error: { code: 'ResourceNotFound', message: '' } } };

  it('what is already gone is done', async () => {
    const { apps } = mobileApps(gone, gone);

    await expect(apps.remove(appId)).resolves.toBeUndefined();
    await expect(apps.removeContentVersion(appId, 'androidLobApp', '1')).resolves.toBeUndefined();
  });

  it('what may not be removed is an error', async () => {
    const { apps } = mobileApps({ status: 403, body: { error: { code: 'Forbidden', message: 'no' } } });

    expect((await problemOf(apps.remove(appId))).code).toBe('graphForbidden');
  });
});
