import { readConnectionChange, readConnectionForm } from '../../src/connections/connection-form.ts';
import { OwnIdentityRules } from '../../src/connections/own-identity.ts';
import { builtInClouds, createClouds } from '../../src/graph/clouds.ts';

import { noOwnIdentity } from '../fakes/samples.ts';

const tenant = '11111111-1111-4111-8111-111111111111';
const clientId = '22222222-2222-4222-8222-222222222222';
const authUrl = `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
const good = { name: 'Contoso production', cloud: 'global', tenant, clientId, secret: 'abc8Q~value' };

const options = {
  clouds: builtInClouds,
  now: new Date('2026-11-21T10:00:00Z'),
  own: new OwnIdentityRules({ identity: noOwnIdentity, administrators: [] }),
  who: { homeTenantId: 'home', objectId: 'alex' },
};

const read = (change: Record<string, unknown> = {}) => readConnectionForm({ ...good, ...change }, options);
const faults = (change: Record<string, unknown>) => {
  const form = read(change);
  return form.ok ? {} : form.faults;
};

describe('the connection form', () => {
  it('gives typed values, trimmed and in one spelling', () => {
    expect(
      read({
        name: '  Contoso   production ',
        tenant: ` ${tenant.toUpperCase()} `,
        clientId: clientId.toUpperCase(),
        secret: ' abc8Q~value\n',
        verb: 'connection.save',
      }),
    ).toEqual({
      ok: true,
      values: { name: 'Contoso production', cloud: 'global', tenant, clientId, permissionKind: 'application' },
      credential: { choice: 'secret', secret: 'abc8Q~value', expiresAt: null },
    });
  });

  it('makes a connection in a person’s name where the toggle for application permissions is off', () => {
    expect(read({ applicationPermissions: 'false' })).toMatchObject({ values: { permissionKind: 'delegated' } });
  });

  it('is content with the Auth URL alone, which names the cloud too', () => {
    expect(read({ tenant: '', cloud: undefined, authUrl })).toMatchObject({
      ok: true,
      values: { tenant, cloud: 'global' },
    });
  });

  it('is content with a domain', () => {
    expect(read({ tenant: 'Contoso.OnMicrosoft.com' })).toMatchObject({
      ok: true,
      values: { tenant: 'contoso.onmicrosoft.com' },
    });
  });

  it('is content with tenant and Auth URL that agree', () => {
    expect(read({ authUrl })).toMatchObject({ ok: true, values: { tenant } });
  });

  it('takes the first cloud where none is chosen', () => {
    const clouds = createClouds({
      label: 'Local cloud',
      loginUrl: 'https://localhost:7001',
      graphUrl: 'https://localhost:7002',
      portalUrl: 'http://localhost:7004',
      storageHosts: [],
      ca: undefined,
    });

    expect(readConnectionForm({ ...good, cloud: '' }, { ...options, clouds: clouds.list })).toMatchObject({
      values: { cloud: 'custom' },
    });
  });

  it.each<[string, Record<string, unknown>, Record<string, RegExp>]>([
    [
      'an empty form',
      { name: '', tenant: '', clientId: '', secret: '' },
      {
        name: /name/,
        tenant: /Directory \(tenant\) ID/,
        clientId: /Application \(client\) ID/,
        secret: /client secret/,
      },
    ],
    ['a long name', { name: 'x'.repeat(61) }, { name: /60 characters/ }],
    ['an unknown cloud', { cloud: 'mars' }, { cloud: /listed clouds/ }],
    ['a tenant that is a name', { tenant: 'Contoso' }, { tenant: /GUID, or a domain/ }],
    ['common', { tenant: 'common' }, { tenant: /not one tenant/ }],
    ['a person as tenant', { tenant: 'alex@contoso.com' }, { tenant: /behind the @/ }],
    ['two tenants', { authUrl: authUrl.replace(tenant, 'fabrikam.com') }, { authUrl: /fabrikam\.com.*another one/ }],
    ['an Auth URL of another cloud', { tenant: '', cloud: 'china', authUrl }, { cloud: /belongs to Microsoft global/ }],
    [
      'an Auth URL that fits two clouds',
      { tenant: '', cloud: '', authUrl: `https://login.microsoftonline.us/${tenant}/oauth2/v2.0/token` },
      { cloud: /L4.* or .*L5/ },
    ],
    ['a wrong Auth URL', { tenant: '', authUrl: 'https://evil.example/x' }, { authUrl: /not a Microsoft login host/ }],
    ['a name as client id', { clientId: 'Intune Publisher' }, { clientId: /looks like a name/ }],
    ['a URL as client id', { clientId: 'https://contoso.com/app' }, { clientId: /is a URL/ }],
    ['an application URI as client id', { clientId: `api://${clientId}` }, { clientId: /is a URL/ }],
    ['half a client id', { clientId: clientId.slice(0, 33) }, { clientId: /not complete/ }],
    ['the tenant id twice', { clientId: tenant }, { clientId: /tenant ID again/ }],
    [
      "the secret's id",
      { secret: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001' },
      { secret: /^That looks like the secret's id\./ },
    ],
    ['the masked secret', { secret: 'abc*****************' }, { secret: /masked/ }],
    ['a field that is no text', { name: { a: 1 } }, { name: /cannot be read/ }],
  ])('explains %s, field by field', (_, change, expected) => {
    const found = faults(change);

    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    for (const [field, words] of Object.entries(expected)) expect(found[field as keyof typeof found]).toMatch(words);
  });

  it('never repeats what was typed as the secret', () => {
    const typed = '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001';

    expect(JSON.stringify(faults({ secret: typed, name: '' }))).not.toContain(typed);
  });
});

describe('the credential of the form', () => {
  const credential = (change: Record<string, unknown>) => {
    const form = read(change);
    return form.ok ? form.credential : form.faults;
  };

  it('takes the day on which a secret expires', () => {
    expect(credential({ secretExpires: '2027-03-31' })).toMatchObject({ expiresAt: new Date('2027-03-31T00:00:00Z') });
  });

  it.each([
    ['a day that has passed', { secretExpires: '2026-11-20' }, { secretExpires: /has passed/ }],
    ['a day that is none', { secretExpires: 'next spring' }, { secretExpires: /year-month-day/ }],
    ['an unknown kind', { credential: 'password' }, { credential: /listed credentials/ }],
    ['an unknown life', { credential: 'madeCertificate', validMonths: '600' }, { validMonths: /listed times/ }],
  ])('explains %s', (_, change, expected) => {
    const found = faults(change);

    expect(Object.keys(found)).toEqual(Object.keys(expected));
    for (const [field, words] of Object.entries(expected)) expect(found[field as keyof typeof found]).toMatch(words);
  });

  it('needs no secret for a certificate', () => {
    expect(credential({ credential: 'madeCertificate', secret: '', validMonths: '6' })).toEqual({
      choice: 'madeCertificate',
      validMonths: 6,
    });
  });
});

describe('the form of a change', () => {
  const change = { ...options, present: { kind: 'secret', source: 'typed' } as const };

  it('keeps the stored secret when none is typed', () => {
    expect(readConnectionChange({ ...good, secret: '' }, change)).toMatchObject({ ok: true, credential: null });
    expect(readConnectionChange(good, change)).toMatchObject({
      ok: true,
      credential: { secret: 'abc8Q~value' },
    });
  });

  it('checks a secret that is typed', () => {
    expect(readConnectionChange({ ...good, secret: clientId }, change)).toMatchObject({ ok: false });
  });
});
