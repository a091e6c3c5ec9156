import { createClouds } from '../../src/graph/clouds.ts';
import { isPortalTarget, portalLink } from '../../src/graph/portal-links.ts';

const clouds = createClouds({
  label: 'Local cloud',
  loginUrl: 'https://localhost:1',
  graphUrl: 'https://localhost:2',
  portalUrl: 'http://127.0.0.1:4',
  storageHosts: [],
  ca: undefined,
});
const global = clouds.find('global')!;
const ids = { tenantId: '11111111-1111-4111-8111-111111111111', clientId: '22222222-2222-4222-8222-222222222222' };

describe('portal links', () => {
  it("open the app's page in the tenant of the connection", () => {
    expect(portalLink('apiPermissions', global, ids)).toEqual({
      title: 'API permissions of the app',
      url: `https://entra.microsoft.com/${ids.tenantId}/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/CallAnAPI/appId/${ids.clientId}`,
      menuPath: 'Entra admin center › App registrations › your app › API permissions',
    });
  });

  it('lead to the front page where an id is not known', () => {
    expect(portalLink('certificatesAndSecrets', global).url).toBe('https://entra.microsoft.com/');
  });

  it("use each cloud's own portals", () => {
    const china = clouds.find('china')!;

    expect(portalLink('appRegistrations', china).url).toMatch(/^https:\/\/entra\.microsoftonline\.cn\/#view\//);
    expect(portalLink('intuneAdminCentre', china).url).toBe('https://intune.microsoftonline.cn/');
    expect(portalLink('intuneApp', clouds.find('custom')!, { ...ids, appId: 'a' }).url).toBe(
      'http://127.0.0.1:4/#view/Microsoft_Intune_Apps/SettingsMenu/~/0/appId/a',
    );
  });

  it('cannot be led astray by an id', () => {
    const link = portalLink('appOverview', global, { tenantId: '../evil', clientId: 'a/../../b?c#d' });

    expect(link.url).toBe(
      'https://entra.microsoft.com/..%2Fevil/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Overview/appId/a%2F..%2F..%2Fb%3Fc%23d',
    );
  });

  it('tell places of a portal from other fixes', () => {
    expect(['enterpriseApps', 'authentication', 'editConnection', 'toString'].map(isPortalTarget)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
