import { z } from 'zod';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { appIds, tenantIds } from '../../demo/tenants.ts';
import { testConnection } from '../../src/connections/connection-tester.ts';
import { type Cloud, createClouds, graphScope } from '../../src/graph/clouds.ts';
import { createSecretCredential } from '../../src/graph/credentials/secret-credential.ts';
import { createMobileApps } from '../../src/graph/graph-mobile-apps.ts';
import { createGraphClient } from '../../src/graph/http-graph-client.ts';
import type { NewMobileApp } from '../../src/graph/mobile-apps.ts';
import { createOutbound, type Outbound } from '../../src/network/outbound.ts';
import { androidManifest } from '../demo/cloud-client.ts';
import { problemOf } from '../fakes/problem-of.ts';
import { recordedWaits } from '../fakes/scripted-outbound.ts';

const unknownApp = '99999999-9999-4999-8999-999999999999';

/** Real TLS, real MSAL, a real client: only Microsoft is played. */
const androidApps = { type: 'androidLobApp', version: 'v1.0' } as const;

describe('against the local cloud', () => {
  let local: LocalCloud;
  let outbound: Outbound;
  let cloud: Cloud;

  beforeAll(async () => {
    local = await startLocalCloud({ storage: 'memory', pace: 'instant', furtherApps: 60 });
    const clouds = createClouds({
      label: 'Local cloud',
      loginUrl: local.loginUrl,
      graphUrl: local.graphUrl,
      portalUrl: local.portalUrl,
      storageHosts: [local.storageHost],
      ca: local.caPem,
    });
    outbound = createOutbound({ privateHosts: clouds.privateHosts, ca: local.caPem });
    cloud = clouds.find('custom')!;
  });
  afterAll(async () => {
    await outbound.close();
    await local.stop();
  });
  afterEach(() => local.faults.clear());

  const secretNamed = (appId: string, name = 'Quartermaster') =>
    local.tenants.registrations
      .find((app) => app.appId === appId)!
      .secrets.find((secret) => secret.displayName === name)!;

  interface Asked {
    tenantId?: string;
    clientId?: string;
    secret?: string;
  }
  const open = ({ tenantId = tenantIds.contoso, clientId = appIds.contosoPublisher, secret }: Asked = {}) => {
    const { wait, waited } = recordedWaits();
    const tokenSource = createSecretCredential({
      cloud,
      tenantId,
      clientId,
      secret: async () => secret ?? secretNamed(clientId).value,
      outbound,
      wait,
    });
    const graph = createGraphClient({ cloud, tokenSource, outbound, wait });
    const test = () => testConnection({ cloud, tenantId, tokenSource, graph });
    return { tokenSource, graph, apps: createMobileApps(graph), test, waited };
  };

  describe('a token', () => {
    it.each<[string, () => Asked, string, string]>([
      ['an unknown tenant', () => ({ tenantId: unknownApp }), 'tenantNotFound', 'AADSTS90002'],
      ['a tenant that is no name', () => ({ tenantId: 'contoso' }), 'tenantNotFound', 'AADSTS900023'],
      [
        'a client id that is no GUID',
        () => ({ clientId: 'publisher', secret: 'x' }),
        'clientIdMalformed',
        'AADSTS90112',
      ],
      ['an unknown app', () => ({ clientId: unknownApp, secret: 'x' }), 'appNotInTenant', 'AADSTS700016'],
      [
        'an app of another tenant',
        () => ({ clientId: appIds.fabrikamPublisher, secret: 'x' }),
        'appNotInTenant',
        'AADSTS700016',
      ],
      ['a wrong secret', () => ({ secret: 'abc8Q~wrong' }), 'secretWrong', 'AADSTS7000215'],
      [
        "the secret's id",
        () => ({ secret: secretNamed(appIds.contosoPublisher).keyId }),
        'secretIdPasted',
        'AADSTS7000215',
      ],
      [
        'an expired secret',
        () => ({ secret: secretNamed(appIds.contosoPublisher, 'Last year').value }),
        'secretExpired',
        'AADSTS7000222',
      ],
      ['a disabled app', () => ({ clientId: appIds.contosoDisabled }), 'appDisabled', 'AADSTS7000112'],
    ])('is refused with an explanation: %s', async (_, asked, code, serviceCode) => {
      const found = await problemOf(open(asked()).tokenSource.getToken(graphScope(cloud)));

      expect(found).toMatchObject({
        code,
        ids: { serviceCode, traceId: expect.any(String), correlationId: expect.any(String) },
      });
    });

    it('of a service the tenant has not is refused with an explanation', async () => {
      const northwind = open({ tenantId: tenantIds.northwind, clientId: appIds.northwindPublisher });

      const found = await problemOf(northwind.tokenSource.getToken('https://api.manage.microsoft.com/.default'));

      expect(found.code).toBe('intuneMissingInTenant');
    });

    it('comes after the sign-in service was throttled or away', async () => {
      local.faults.set('throttleLogin429', 1);
      const first = open();
      await first.tokenSource.getToken(graphScope(cloud));
      local.faults.set('login503', 2);
      const second = open();
      await second.tokenSource.getToken(graphScope(cloud));

      expect([first.waited.length, second.waited.length]).toEqual([1, 2]);
    });

    it.each([
      ['throttleLogin429', 'entraThrottled'],
      ['login503', 'entraBusy'],
    ] as const)('does not come while %s lasts', async (fault, code) => {
      local.faults.set(fault);

      expect(await problemOf(open().tokenSource.getToken(graphScope(cloud)))).toMatchObject({ code, retryable: true });
    });

    it('comes for a tenant named by its domain', async () => {
      const { tokenSource } = open({ tenantId: 'contoso.onmicrosoft.com' });

      expect((await tokenSource.getToken(graphScope(cloud))).value).toContain('.');
    });
  });

  describe('the test of a connection', () => {
    it('ends connected, with the roles of the token', async () => {
      expect(await open({ tenantId: 'contoso.example' }).test()).toMatchObject({
        status: 'connected',
        tenantId: tenantIds.contoso,
        roles: [
          'DeviceManagementApps.ReadWrite.All',
          'DeviceManagementManagedDevices.PrivilegedOperations.All',
          'DeviceManagementRBAC.Read.All',
        ],
      });
    });

    it('ends connected for an app that may only read', async () => {
      expect(await open({ clientId: appIds.contosoReader }).test()).toMatchObject({
        status: 'connected',
        roles: ['DeviceManagementApps.Read.All'],
      });
    });

    it('ends unfinished where nobody has agreed, and connected as soon as somebody has', async () => {
      const fabrikam = open({ tenantId: tenantIds.fabrikam, clientId: appIds.fabrikamPublisher });

      expect(await fabrikam.test()).toMatchObject({
        status: 'notFinished',
        reason: 'draft',
        problem: { code: 'notConsented', ids: { requestId: expect.any(String), activityId: expect.any(String) } },
        roles: [],
      });

      const principal = local.tenants.tenants
        .find((tenant) => tenant.id === tenantIds.fabrikam)!
        .servicePrincipals.find((entry) => entry.appId === appIds.fabrikamPublisher)!;
      principal.grants.push({ role: 'DeviceManagementApps.ReadWrite.All', assignmentId: 'a', createdAt: 0 });
      expect(await fabrikam.test()).toMatchObject({ status: 'connected' });
    });

    it('ends with an error where the tenant has no Intune', async () => {
      const northwind = open({ tenantId: tenantIds.northwind, clientId: appIds.northwindPublisher });

      expect(await northwind.test()).toMatchObject({ status: 'error', reason: 'intuneNotAvailable' });
    });

    it('passes a refusal of the proxy that passes, and reports one that stays', async () => {
      local.faults.set('intuneProxy401', 2);
      expect(await open().test()).toMatchObject({ status: 'connected' });

      local.faults.set('intuneProxy401');
      expect(await open().test()).toMatchObject({ status: 'error', reason: 'intuneRefusedForNow' });
    });

    it('reports a network that is down as something to try again', async () => {
      const nobody = await startLocalCloud({ storage: 'memory' });
      await nobody.stop();
      const gone = { ...cloud, loginUrl: nobody.loginUrl };
      const outboundToGone = createOutbound({ privateHosts: [new URL(nobody.loginUrl).host], ca: local.caPem });
      const { graph } = open();
      const tokenSource = createSecretCredential({
        cloud: gone,
        tenantId: tenantIds.contoso,
        clientId: appIds.contosoPublisher,
        secret: async () => 'x',
        outbound: outboundToGone,
        wait: recordedWaits().wait,
      });

      const result = await testConnection({ cloud: gone, tenantId: tenantIds.contoso, tokenSource, graph });
      await outboundToGone.close();

      expect(result).toMatchObject({ status: 'error', reason: 'networkDown', problem: { retryable: true } });
    });

    it('does not reach a private host that the operator did not name', async () => {
      const strict = createOutbound({ ca: local.caPem });
      const tokenSource = createSecretCredential({
        cloud,
        tenantId: tenantIds.contoso,
        clientId: appIds.contosoPublisher,
        secret: async () => 'x',
        outbound: strict,
      });

      expect((await problemOf(tokenSource.getToken(graphScope(cloud)))).code).toBe('hostRefused');
      await strict.close();
    });
  });

  describe('requests to Graph', () => {
    const android: NewMobileApp = {
      '@odata.type': '#microsoft.graph.androidLobApp',
      displayName: "Mia's demos",
      description: 'Shows the APIs',
      publisher: 'Contoso',
      notes: 'qm:job-7',
      fileName: 'demos.apk',
      packageId: 'com.contoso.mia',
      versionName: '5.0.0',
      versionCode: '25',
      minimumSupportedOperatingSystem: { v5_0: true },
    };

    it('create, find, change and remove an app with its content', async () => {
      const { apps } = open();

      const { id } = await apps.create(android);
      const version = await apps.createContentVersion(id, 'androidLobApp');
      const file = await apps.createFile(id, 'androidLobApp', version.id, {
        name: 'demos.apk',
        size: 100,
        sizeEncrypted: 160,
        manifest: androidManifest,
      });
      await apps.update(id, 'androidLobApp', { versionName: '6.0.0', versionCode: '26' });

      expect(await apps.contentVersions(id, 'androidLobApp')).toEqual([version.id]);
      expect((await apps.getFile(id, 'androidLobApp', version.id, file.id)).azureStorageUri).toContain(
        local.storageHost,
      );
      await apps.renewUpload(id, 'androidLobApp', version.id, file.id);
      expect((await apps.findByMarker("Mia's demos", 'qm:job-7'))?.id).toBe(id);
      expect(
        await apps.find(androidApps, ({ properties }) => properties.packageId === 'com.contoso.mia'),
      ).toMatchObject([
        { id, graphType: 'androidLobApp', properties: { versionCode: '26' }, publishingState: 'notPublished' },
      ]);

      await apps.removeContentVersion(id, 'androidLobApp', version.id);
      await apps.remove(id);
      await apps.remove(id);
      expect((await problemOf(apps.get(id))).code).toBe('graphNotFound');
    });

    it('name the permission that is missing', async () => {
      const { apps } = open({ clientId: appIds.contosoReader });

      expect(await problemOf(apps.create(android))).toMatchObject({
        code: 'graphPermissionMissing',
        detail: 'It needs DeviceManagementApps.ReadWrite.All.',
        ids: { requestId: expect.any(String), activityId: expect.any(String) },
      });
    });

    it('say what Graph does not know', async () => {
      const { apps } = open();

      const found = await problemOf(apps.create({ ...android, identityVersion: '1' }));

      expect(found.code).toBe('graphRequestRefused');
    });

    it('get through throttling with and without Retry-After', async () => {
      const { apps, waited } = open();
      local.faults.set('throttleGraph429', 2);
      await apps.find(androidApps, () => false);
      local.faults.set('throttleGraph429NoRetryAfter', 2);
      await apps.find(androidApps, () => false);

      expect(waited.slice(0, 2)).toEqual([1000, 1000]);
      expect(waited).toHaveLength(4);
    });

    it('list apps in small pages where large ones fail', async () => {
      local.faults.set('largePages503');
      const { graph } = open();
      const sizes: number[] = [];

      const listing = graph.pages({ path: '/deviceAppManagement/mobileApps', schema: z.object({ id: z.string() }) });
      for await (const page of listing) sizes.push(page.length);

      expect(Math.max(...sizes)).toBe(20);
      expect(sizes.reduce((sum, size) => sum + size)).toBeGreaterThan(60);
    });

    it('do not create an app twice when the answer is lost', async () => {
      const { apps } = open();
      local.faults.set('dropCreateAnswer', 1);

      expect((await problemOf(apps.create({ ...android, displayName: 'Lost', notes: 'qm:lost' }))).code).toBe(
        'networkDown',
      );

      const found = await apps.findByMarker('Lost', 'qm:lost');
      expect(found).not.toBeNull();
      const all = local.state.apps(tenantIds.contoso).filter((app) => app.displayName === 'Lost');
      expect(all.map((app) => app.id)).toEqual([found?.id]);
    });

    it('tell of a change that waits for a second administrator', async () => {
      const { apps } = open();
      local.faults.set('multiAdminApproval');

      const { id } = await apps.create({ ...android, displayName: 'Held' });
      expect((await problemOf(apps.update(id, 'androidLobApp', { notes: '' }))).code).toBe(
        'approvalJustificationMissing',
      );
    });

    it('replace a token that has run out', async () => {
      const { apps } = open();
      await apps.find(androidApps, () => false);
      const logins = local.state.requests('login').length;

      local.advance(2 * 60 * 60_000);
      await apps.find(androidApps, () => false);

      expect(local.state.requests('login').length).toBe(logins + 1);
    });
  });
});
