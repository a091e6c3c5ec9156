import { createHash, KeyObject, randomUUID, webcrypto, X509Certificate } from 'node:crypto';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { decodeJwt, type JWTPayload, SignJWT } from 'jose';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { appIds, personIds, tenantIds } from '../../demo/tenants.ts';
import '../../demo/tls/reflect-metadata.ts';
import { exchange, goodForm, graph, secretOf, tokenFor, tokenRequest } from './cloud-client.ts';

const returnTo = 'http://127.0.0.1:3978/consent/callback';
let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({ redirectUris: [returnTo] });
});
afterEach(() => cloud.faults.clear());
afterAll(() => cloud.stop());

describe('tokens of the local Entra', () => {
  it('carry what Graph’s tokens carry', async () => {
    const claims = decodeJwt(await tokenFor(cloud));
    expect(claims).toMatchObject({
      aud: cloud.graphUrl,
      iss: `https://sts.windows.net/${tenantIds.contoso}/`,
      tid: tenantIds.contoso,
      appid: appIds.contosoPublisher,
      appidacr: '1',
      idtyp: 'app',
      ver: '1.0',
      roles: [
        'DeviceManagementApps.ReadWrite.All',
        'DeviceManagementManagedDevices.PrivilegedOperations.All',
        'DeviceManagementRBAC.Read.All',
      ],
    });
    expect((claims.exp ?? 0) * 1000).toBeGreaterThan(Date.now() + 50 * 60_000);
  });

  it('carry no roles where nobody has consented', async () => {
    const claims = decodeJwt(await tokenFor(cloud, appIds.fabrikamPublisher, tenantIds.fabrikam));
    expect(claims).not.toHaveProperty('roles');
  });

  it('are given for a domain name, too', async () => {
    const claims = decodeJwt(await tokenFor(cloud, appIds.contosoPublisher, 'Contoso.onmicrosoft.com'));
    expect(claims.tid).toBe(tenantIds.contoso);
  });

  it('are given to Microsoft’s own library', async () => {
    const client = new ConfidentialClientApplication({
      auth: {
        clientId: appIds.contosoPublisher,
        clientSecret: secretOf(cloud, appIds.contosoPublisher).value,
        authority: `${cloud.loginUrl}/${tenantIds.contoso}`,
        knownAuthorities: [new URL(cloud.loginUrl).host],
      },
      system: {
        networkClient: {
          sendGetRequestAsync: async (url, options) =>
            toLibrary(await exchange(cloud, 'GET', url, { headers: options?.headers ?? {} })),
          sendPostRequestAsync: async (url, options) =>
            toLibrary(
              await exchange(cloud, 'POST', url, { headers: options?.headers ?? {}, body: options?.body ?? '' }),
            ),
        },
      },
    });
    const result = await client.acquireTokenByClientCredential({ scopes: [`${cloud.graphUrl}/.default`] });
    expect(decodeJwt(result?.accessToken ?? '').tid).toBe(tenantIds.contoso);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: the library wants its own generic answer
const toLibrary = (answer: Awaited<ReturnType<typeof exchange>>): any => ({
  status: answer.status,
  headers: answer.headers,
  body: answer.json,
});

describe('refusals of the token endpoint', () => {
  type Refusal = [
    what: string,
    status: number,
    error: string,
    code: number,
    change: () => { tenant?: string; form?: Record<string, string> },
  ];
  const drop = { '': '' };
  const refusals: Refusal[] = [
    ['an unknown tenant', 400, 'invalid_request', 90002, () => ({ tenant: randomUUID() })],
    ['an unknown domain', 400, 'invalid_request', 90002, () => ({ tenant: 'nowhere.example' })],
    ['a tenant that is neither id nor domain', 400, 'invalid_request', 900023, () => ({ tenant: 'Contoso Ltd' })],
    ['the common endpoint', 400, 'invalid_request', 9001023, () => ({ tenant: 'common' })],
    ['a client id that is a name', 400, 'invalid_request', 90112, () => ({ form: { client_id: 'publisher' } })],
    ['an app of another tenant', 400, 'unauthorized_client', 700016, () => ({ tenant: tenantIds.fabrikam })],
    ['a wrong secret', 401, 'invalid_client', 7000215, () => ({ form: { client_secret: 'wrong' } })],
    [
      'the secret’s id for its value',
      401,
      'invalid_client',
      7000215,
      () => ({ form: { client_secret: secretOf(cloud, appIds.contosoPublisher).keyId } }),
    ],
    [
      'an expired secret',
      401,
      'invalid_client',
      7000222,
      () => ({ form: { client_secret: secretOf(cloud, appIds.contosoPublisher, 'Last year').value } }),
    ],
    ['no credential', 401, 'invalid_client', 7000218, () => ({ form: { client_secret: drop[''] } })],
    [
      'a disabled enterprise app',
      400,
      'unauthorized_client',
      7000112,
      () => ({ form: goodForm(cloud, appIds.contosoDisabled) }),
    ],
    [
      'a scope that is a permission',
      400,
      'invalid_scope',
      1002012,
      () => ({ form: { scope: `${cloud.graphUrl}/DeviceManagementApps.Read.All` } }),
    ],
    [
      'two scopes',
      400,
      'invalid_scope',
      70011,
      () => ({ form: { scope: `${cloud.graphUrl}/.default https://graph.microsoft.com/.default` } }),
    ],
    [
      'an unknown resource',
      400,
      'invalid_resource',
      500011,
      () => ({ form: { scope: 'https://vault.example/.default' } }),
    ],
    [
      'Intune’s API in a tenant without it',
      400,
      'invalid_client',
      650052,
      () => ({
        tenant: tenantIds.northwind,
        form: { ...goodForm(cloud, appIds.northwindPublisher), scope: 'https://api.manage.microsoft.com/.default' },
      }),
    ],
    ['no scope', 400, 'invalid_request', 900144, () => ({ form: { scope: drop[''] } })],
    ['another grant', 400, 'unsupported_grant_type', 70003, () => ({ form: { grant_type: 'password' } })],
    [
      'an unknown parameter',
      400,
      'invalid_request',
      9002313,
      () => ({ form: { resource: 'https://graph.microsoft.com' } }),
    ],
    [
      'an assertion of nobody',
      401,
      'invalid_client',
      50027,
      () => ({
        form: {
          client_secret: drop[''],
          client_assertion: 'a.b.c',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        },
      }),
    ],
  ];

  it.each(refusals)('names %s', async (_what, status, error, code, change) => {
    const { tenant = tenantIds.contoso, form = {} } = change();
    const all = { ...goodForm(cloud, appIds.contosoPublisher), ...form };
    const sent = Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => Boolean(entry[1])),
    );
    const requestId = randomUUID();
    const answer = await tokenRequest(cloud, encodeURIComponent(tenant), sent, { 'client-request-id': requestId });
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ error, error_codes: [code], correlation_id: requestId });
    expect(answer.json.error_description).toMatch(
      new RegExp(
        `^AADSTS${code}: .* Trace ID: [0-9a-f-]{36} Correlation ID: ${requestId} Timestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ$`,
      ),
    );
  });

  it('lets a secret expire with time', async () => {
    const own = await startLocalCloud();
    try {
      own.advance(181 * 24 * 60 * 60_000);
      const answer = await tokenRequest(own, tenantIds.contoso, goodForm(own, appIds.contosoPublisher));
      expect(answer.json.error_codes).toEqual([7000222]);
    } finally {
      await own.stop();
    }
  });

  it.each([
    ['throttleLogin429', 429],
    ['login503', 503],
  ] as const)('plays %s once', async (fault, status) => {
    cloud.faults.set(fault, 1);
    const form = goodForm(cloud, appIds.contosoPublisher);
    const first = await tokenRequest(cloud, tenantIds.contoso, form);
    expect(first.status).toBe(status);
    expect(first.json.error).toBe('temporarily_unavailable');
    expect(first.headers['retry-after']).toBeDefined();
    expect((await tokenRequest(cloud, tenantIds.contoso, form)).status).toBe(200);
  });
});

describe('a certificate instead of a secret', () => {
  const tokenUrl = () => `${cloud.loginUrl}/${tenantIds.contoso}/oauth2/v2.0/token`;
  const now = () => Math.floor(Date.now() / 1000);
  const makeCertificate = async () => {
    const x509 = await import('@peculiar/x509');
    const signingAlgorithm = {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      publicExponent: new Uint8Array([1, 0, 1]),
      modulusLength: 2048,
    };
    const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
    x509.cryptoProvider.set(webcrypto);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=publisher',
      keys,
      signingAlgorithm,
    });
    return { pem: certificate.toString('pem'), key: KeyObject.from(keys.privateKey) };
  };
  let own: Awaited<ReturnType<typeof makeCertificate>>;
  beforeAll(async () => {
    own = await makeCertificate();
  });
  const ask = async (change: JWTPayload = {}, signer = own) => {
    const thumbprint = createHash('sha256').update(new X509Certificate(own.pem).raw).digest('base64url');
    const claims = {
      iss: appIds.contosoPublisher,
      sub: appIds.contosoPublisher,
      aud: tokenUrl(),
      nbf: now(),
      exp: now() + 600,
    };
    const assertion = await new SignJWT({ ...claims, ...change })
      .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
      .sign(signer.key);
    const { client_secret: _unused, ...form } = goodForm(cloud, appIds.contosoPublisher);
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    return tokenRequest(cloud, tenantIds.contoso, { ...form, client_assertion: assertion, client_assertion_type });
  };
  const register = () => {
    const registration = cloud.tenants.registrations.find((one) => one.appId === appIds.contosoPublisher)!;
    registration.certificates = [own.pem];
  };

  it('is refused while it is not registered, and taken afterwards', async () => {
    expect((await ask()).json.error_codes).toEqual([700027]);
    register();
    const answer = await ask();
    expect(decodeJwt(answer.json.access_token)).toMatchObject({ appidacr: '2', tid: tenantIds.contoso });
  });

  it.each([
    ['another key', 700027, {}, true],
    ['an assertion that has expired', 700024, { exp: 1_000 }, false],
    ['an assertion for somebody else', 50027, { aud: 'https://login.example/token' }, false],
    ['an assertion of another app', 50027, { iss: appIds.contosoReader }, false],
  ])('is refused with %s', async (_what, code, change, isForeign) => {
    register();
    const answer = await ask(change, isForeign ? await makeCertificate() : own);
    expect(answer.status).toBe(401);
    expect(answer.json.error_codes).toEqual([code]);
  });
});

describe('discovery', () => {
  it('describes a tenant and publishes the signing key', async () => {
    const found = await exchange(
      cloud,
      'GET',
      `${cloud.loginUrl}/contoso.example/v2.0/.well-known/openid-configuration`,
    );
    expect(found.json.issuer).toBe(`${cloud.loginUrl}/${tenantIds.contoso}/v2.0`);
    const keys = await exchange(cloud, 'GET', found.json.jwks_uri);
    expect(keys.json.keys).toMatchObject([{ kty: 'RSA', use: 'sig' }]);
    expect(keys.json.keys[0]).not.toHaveProperty('d');
  });

  it('refuses unknown tenants and paths', async () => {
    const unknown = await exchange(
      cloud,
      'GET',
      `${cloud.loginUrl}/${randomUUID()}/v2.0/.well-known/openid-configuration`,
    );
    expect(unknown.json.error_codes).toEqual([90002]);
    expect((await exchange(cloud, 'GET', `${cloud.loginUrl}/common/oauth2/authorize`)).status).toBe(404);
  });
});

describe('admin consent', () => {
  const link = (change: Record<string, string> = {}, tenant: string = tenantIds.fabrikam) => {
    const query = new URLSearchParams({
      client_id: appIds.fabrikamPublisher,
      scope: `${cloud.graphUrl}/.default`,
      redirect_uri: returnTo,
      state: 'a&b=c',
      ...change,
    });
    for (const [name, value] of Object.entries(change)) if (value === '') query.delete(name);
    return `${cloud.loginUrl}/${tenant}/v2.0/adminconsent?${query}`;
  };
  const decide = async (decision: string) => {
    const shown = await exchange(cloud, 'GET', link());
    const ticket = /name="ticket" value="([^"]+)"/.exec(shown.text)?.[1] ?? '';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const press = () =>
      exchange(cloud, 'POST', link(), { headers, body: new URLSearchParams({ ticket, decision }).toString() });
    return { shown, answer: await press(), again: await press() };
  };
  const backWith = (answer: { headers: Record<string, string | string[] | undefined> }) =>
    Object.fromEntries(new URL(String(answer.headers.location)).searchParams);
  const roles = async () => decodeJwt(await tokenFor(cloud, appIds.fabrikamPublisher, tenantIds.fabrikam)).roles;
  afterEach(() => {
    cloud.signIn(personIds.megan);
    cloud.tenants.tenants.find((tenant) => tenant.id === tenantIds.fabrikam)?.servicePrincipals[0]?.grants.splice(0);
  });

  it('goes back with the tenant when an administrator accepts, and the roles stand in the next token', async () => {
    const { shown, answer, again } = await decide('accept');
    expect(shown.text).toContain('DeviceManagementApps.ReadWrite.All');
    expect(answer.status).toBe(302);
    expect(backWith(answer)).toEqual({
      admin_consent: 'True',
      tenant: tenantIds.fabrikam,
      scope: `${cloud.graphUrl}/.default`,
      state: 'a&b=c',
    });
    expect(await roles()).toEqual(['DeviceManagementApps.ReadWrite.All', 'GroupMember.Read.All']);
    expect(again.status).toBe(400);
  });

  it('goes back with an error beside admin_consent=True when it is cancelled', async () => {
    const { answer } = await decide('cancel');
    expect(backWith(answer)).toMatchObject({ admin_consent: 'True', error: 'access_denied', state: 'a&b=c' });
    expect(backWith(answer).error_description).toContain('AADSTS65004');
    expect(await roles()).toBeUndefined();
  });

  it('lets nobody but an administrator grant, whatever the form says', async () => {
    cloud.signIn(personIds.alex);
    const { shown, answer } = await decide('accept');
    expect(shown.text).toContain('Approval required');
    expect(backWith(answer)).toHaveProperty('error', 'access_denied');
    expect(await roles()).toBeUndefined();
  });

  it.each([
    ['a return address that is not registered', { redirect_uri: 'https://elsewhere.example/' }, 'AADSTS50011'],
    ['an app that is not there', { client_id: randomUUID() }, 'AADSTS700016'],
    ['no scope', { scope: '' }, 'AADSTS900144'],
    ['a scope that is a single permission', { scope: 'User.Read' }, 'AADSTS70011'],
    ['a parameter it does not know', { prompt: 'consent' }, 'AADSTS9002313'],
  ])('shows a page instead of going back: %s', async (_what, change, code) => {
    const answer = await exchange(cloud, 'GET', link(change as unknown as Record<string, string>));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(code);
  });
});

describe('the bearer token of a call', () => {
  const list = '/deviceAppManagement/mobileApps?$top=1';
  it('is needed', async () => {
    const answer = await exchange(cloud, 'GET', `${cloud.graphUrl}/v1.0${list}`);
    expect(answer.status).toBe(401);
    expect(answer.json.error.code).toBe('InvalidAuthenticationToken');
  });

  it.each([
    ['changed in one place', (token: string) => `${token.slice(0, -4)}AAAA`],
    ['without signature', (token: string) => `${token.split('.').slice(0, 2).join('.')}.`],
    ['of another cloud', () => other],
  ])('is refused when it is %s', async (_what, change) => {
    const answer = await graph(cloud, change(await tokenFor(cloud)), 'GET', list);
    expect(answer.status).toBe(401);
  });
  let other = '';
  beforeAll(async () => {
    const elsewhere = await startLocalCloud();
    other = await tokenFor(elsewhere);
    await elsewhere.stop();
  });

  it('is refused when it has expired', async () => {
    const own = await startLocalCloud();
    try {
      const token = await tokenFor(own);
      own.advance(61 * 60_000);
      const answer = await graph(own, token, 'GET', list);
      expect(answer.json.error.message).toContain('the token is expired');
    } finally {
      await own.stop();
    }
  });
});
