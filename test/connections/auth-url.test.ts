import { readAuthUrl } from '../../src/connections/auth-url.ts';
import { createClouds } from '../../src/graph/clouds.ts';

const { list } = createClouds({
  label: 'Local cloud',
  loginUrl: 'https://localhost:7001',
  graphUrl: 'https://localhost:7002',
  portalUrl: 'http://localhost:7004',
  storageHosts: [],
  ca: undefined,
});
const tenant = '11111111-1111-4111-8111-111111111111';

describe('the Auth URL', () => {
  it.each([
    [`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`, ['global'], tenant],
    [`  https://login.microsoftonline.com/${tenant.toUpperCase()}/oauth2/v2.0/token/ `, ['global'], tenant],
    [`https://login.microsoftonline.com/ ${tenant} /oauth2/v2.0/token`, ['global'], tenant],
    [`https://login.microsoftonline.com/${tenant}/oauth2/token`, ['global'], tenant],
    [`https://LOGIN.microsoftonline.com//${tenant}//OAuth2/V2.0/Token`, ['global'], tenant],
    ['https://login.windows.net/contoso.onmicrosoft.com/oauth2/token', ['global'], 'contoso.onmicrosoft.com'],
    [`https://login.microsoftonline.us/${tenant}/oauth2/v2.0/token`, ['usGovL4', 'usGovL5'], tenant],
    [`https://login.partner.microsoftonline.cn/${tenant}/oauth2/v2.0/token`, ['china'], tenant],
    [`https://login.chinacloudapi.cn/${tenant}/oauth2/v2.0/token`, ['china'], tenant],
    [`https://localhost:7001/${tenant}/oauth2/v2.0/token`, ['custom'], tenant],
  ])('%s', (url, cloudIds, found) => {
    expect(readAuthUrl(url, list)).toEqual({ ok: true, cloudIds, tenant: found });
  });

  it.each([
    ['', /empty/],
    ['contoso', /not a URL/],
    [`http://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`, /start with https/],
    [`https://user:pass@login.microsoftonline.com/${tenant}/oauth2/v2.0/token`, /user name/],
    [`https://login.evil.example/${tenant}/oauth2/v2.0/token`, /login\.evil\.example is not a Microsoft login host/],
    [`https://login.microsoftonline.com.evil.example/${tenant}/oauth2/v2.0/token`, /not a Microsoft login host/],
    [`https://login.microsoftonline.com:8443/${tenant}/oauth2/v2.0/token`, /not a Microsoft login host/],
    [`https://localhost:7009/${tenant}/oauth2/v2.0/token`, /not a Microsoft login host/],
    ['https://login.microsoftonline.com/common/oauth2/v2.0/token', /"common" is not one tenant/],
    ['https://login.microsoftonline.com/Organizations/oauth2/v2.0/token', /"organizations" is not one tenant/],
    ['https://login.microsoftonline.com/consumers/oauth2/v2.0/token', /"consumers" is not one tenant/],
    ['https://login.microsoftonline.com/{tenant_id}/oauth2/v2.0/token', /placeholder/],
    ['https://login.microsoftonline.com/', /tenant is missing/],
    [`https://login.microsoftonline.com/${tenant}`, /end with \/oauth2\/v2\.0\/token/],
    [`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/authorize`, /end with \/oauth2\/v2\.0\/token/],
    [`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token?x=1`, /end with \/token/],
    ['https://login.microsoftonline.com/%E0%A4%A/oauth2/v2.0/token', /names no usable tenant/],
  ])('is refused, naming what is wrong: %s', (url, fault) => {
    expect(readAuthUrl(url, list)).toEqual({ ok: false, fault: expect.stringMatching(fault) });
  });
});
