import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig } from '../src/config.ts';

const key = () => `k1:${randomBytes(32).toString('base64')}`;
const production = () => ({
  PUBLIC_URL: 'https://qm.contoso.com/',
  MICROSOFT_APP_ID: '22222222-2222-4222-8222-222222222222',
  MICROSOFT_APP_PASSWORD: randomBytes(8).toString('hex'),
  MICROSOFT_APP_TENANT_ID: '11111111-1111-4111-8111-111111111111',
  ALLOWED_HOME_TENANTS: '11111111-1111-4111-8111-111111111111',
  QM_VAULT_KEYS: key(),
});

const faultOf = (env: Record<string, string | undefined>) => {
  try {
    readConfig(env);
  } catch (error) {
    return error instanceof ConfigError ? error.message : `not a ConfigError: ${String(error)}`;
  }
  return 'accepted';
};

it('reads a production environment', () => {
  const config = readConfig({ ...production(), ADMINISTRATORS: 'TENANT/megan, TENANT/pradeep', PORT: '8080' });

  expect(config.http).toEqual({ host: '0.0.0.0', port: 8080, publicUrl: 'https://qm.contoso.com' });
  expect(config.administrators).toEqual([
    { homeTenantId: 'tenant', objectId: 'megan' },
    { homeTenantId: 'tenant', objectId: 'pradeep' },
  ]);
  expect(config.vaultKeys).toHaveLength(1);
});

it.each([
  ['a missing app id', { MICROSOFT_APP_ID: undefined }, /^MICROSOFT_APP_ID: is missing/],
  ['a missing secret', { MICROSOFT_APP_PASSWORD: '' }, /^MICROSOFT_APP_PASSWORD: is missing/],
  ['a missing bot tenant', { MICROSOFT_APP_TENANT_ID: '' }, /^MICROSOFT_APP_TENANT_ID: is missing/],
  ['nobody allowed', { ALLOWED_HOME_TENANTS: '' }, /^ALLOWED_HOME_TENANTS: is empty/],
  ['no public address', { PUBLIC_URL: '' }, /^PUBLIC_URL: is missing/],
  ['a public address that is none', { PUBLIC_URL: 'qm.contoso.com' }, /^PUBLIC_URL: must be/],
  ['no vault key', { QM_VAULT_KEYS: undefined }, /^QM_VAULT_KEYS: is missing/],
  ['a short vault key', { QM_VAULT_KEYS: 'k1:c2hvcnQ=' }, /^QM_VAULT_KEYS: key "k1" has 5 bytes, 32 are needed/],
  ['a vault key without id', { QM_VAULT_KEYS: 'c2hvcnQ=' }, /^QM_VAULT_KEYS: each entry is/],
  ['a database that is no PostgreSQL', { DATABASE_URL: 'mysql://x' }, /^DATABASE_URL: must start with postgres/],
  ['an administrator without tenant', { ADMINISTRATORS: 'megan' }, /^ADMINISTRATORS: each entry is/],
  ['a port that is none', { PORT: 'http' }, /^PORT: must be a port number/],
  ['half a custom cloud', { CUSTOM_CLOUD_GRAPH_URL: 'https://localhost:7444' }, /^CUSTOM_CLOUD_LOGIN_URL: is missing/],
  [
    'a CA file that is not there',
    {
      CUSTOM_CLOUD_GRAPH_URL: 'https://localhost:1',
      CUSTOM_CLOUD_LOGIN_URL: 'https://localhost:2',
      CUSTOM_CLOUD_CA_FILE: '/nowhere/ca.pem',
    },
    /^CUSTOM_CLOUD_CA_FILE: cannot be read \(ENOENT\)/,
  ],
])('names the variable for %s', (_what, change, expected) => {
  expect(faultOf({ ...production(), ...change })).toMatch(expected);
});

it('never repeats a secret in a fault', () => {
  const secret = randomBytes(20).toString('base64');

  expect(faultOf({ ...production(), QM_VAULT_KEYS: `k1:${secret}` })).not.toContain(secret);
});

describe('the operator’s own apps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quartermaster-apps-'));
  const fileWith = (content: string) => {
    const path = join(folder, `${Math.random()}.json`);
    writeFileSync(path, content);
    return path;
  };
  const app = { id: 'main', name: 'Quartermaster', clientId: '22222222-2222-4222-8222-222222222222', secret: 'a~b' };
  const pem =
    '-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nBB\n-----END CERTIFICATE-----\n';

  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read with a secret or a certificate', () => {
    const { secret: _, ...bare } = app;
    const file = fileWith(
      JSON.stringify([
        app,
        { ...bare, id: 'gov', cloud: 'usGovL4', permissions: 'delegated', certificateFile: fileWith(pem) },
      ]),
    );

    const { managedApps } = readConfig({ ...production(), MANAGED_APPS_FILE: file });

    expect(
      managedApps.map(({ id, cloud, permissions, credential }) => [id, cloud, permissions, credential.kind]),
    ).toEqual([
      ['main', 'global', 'application', 'secret'],
      ['gov', 'usGovL4', 'delegated', 'certificate'],
    ]);
  });

  it.each([
    ['no file', join(folder, 'nowhere'), /^MANAGED_APPS_FILE: a file cannot be read \(ENOENT\)/],
    ['no JSON', fileWith('secret: a~b'), /^MANAGED_APPS_FILE: is not JSON$/],
    [
      'no credential',
      fileWith(JSON.stringify([{ ...app, secret: undefined }])),
      /either a secret or a certificateFile/,
    ],
    [
      'a name for a client id',
      fileWith(JSON.stringify([{ ...app, clientId: 'main' }])),
      /^MANAGED_APPS_FILE: 0\.clientId/,
    ],
    ['a word that is not known', fileWith(JSON.stringify([{ ...app, tenant: 'x' }])), /^MANAGED_APPS_FILE: 0/],
    ['an unknown kind', fileWith(JSON.stringify([{ ...app, permissions: 'both' }])), /is application or delegated/],
    ['one id twice', fileWith(JSON.stringify([app, app])), /two apps have the same id/],
  ])('stop the start with %s, and say nothing of a secret', (_what, file, expected) => {
    const fault = faultOf({ ...production(), MANAGED_APPS_FILE: file });

    expect(fault).toMatch(expected);
    expect(fault).not.toContain('a~b');
  });
});

it('needs no app password for a managed identity', () => {
  expect(
    readConfig({ ...production(), MICROSOFT_APP_TYPE: 'UserAssignedMSI', MICROSOFT_APP_PASSWORD: undefined }).bot
      .appType,
  ).toBe('UserAssignedMSI');
});

describe('without an app id', () => {
  const demo = { QM_DEMO: '1', HOST: '127.0.0.1', QM_VAULT_KEYS: key() };

  it('starts on loopback in the demo', () => {
    expect(readConfig(demo).demo).toBe(true);
  });

  it.each(['0.0.0.0', '10.0.0.4', 'demo.contoso.com', '::'])('refuses to listen on %s', (host) => {
    expect(faultOf({ ...demo, HOST: host })).toMatch(/^HOST: is .*127\.0\.0\.1 only/);
  });
});
