import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { type AppRegistration, appIds, machineIds, tenantIds } from '../../demo/tenants.ts';
import type { Card } from '../../src/cards/card.ts';
import { makeCertificate } from '../../src/graph/certificates/make-certificate.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { type FakeMessage, type FakePlace, FakeTeams, type Person } from '../fakes/connector.ts';
import { createFastClock } from '../fakes/fast-clock.ts';
import { ProductRig } from '../fakes/product-rig.ts';

const audience = 'api://AzureADTokenExchange';
const subject = 'system:serviceaccount:quartermaster:bot';
const folder = mkdtempSync(join(tmpdir(), 'quartermaster-token-'));
const tokenFile = join(folder, 'token');

let cloud: LocalCloud;
let teams: FakeTeams;
let rig: ProductRig;
let alex: Person;
let adele: Person;
let general: FakePlace;

beforeAll(async () => {
  cloud = await startLocalCloud({ storage: 'memory', pace: 'instant' });
  teams = await FakeTeams.start({ clock: createFastClock() });
  alex = teams.person('Alex Wilber');
  adele = teams.person('Adele Vance');
  // Where the library looks for the machine's identity service.
  process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST = cloud.identityUrl;
  rig = await ProductRig.start({
    cloud,
    teams,
    config: {
      administrators: [{ homeTenantId: teams.homeTenantId, objectId: alex.objectId }],
      ownIdentity: {
        managedIdentities: [
          {
            name: 'quartermaster',
            tenantId: tenantIds.contoso,
            clientId: appIds.contosoMachine,
            objectId: machineIds.assigned,
            isSystemAssigned: false,
          },
          {
            name: 'host',
            tenantId: tenantIds.contoso,
            clientId: appIds.contosoHost,
            objectId: machineIds.system,
            isSystemAssigned: true,
          },
          {
            name: 'elsewhere',
            tenantId: tenantIds.contoso,
            clientId: appIds.contosoReader,
            objectId: machineIds.system,
            isSystemAssigned: false,
          },
        ],
        identityHost: new URL(cloud.identityUrl).host,
        tokenFile,
        workload: undefined,
        keyVaults: [{ homeTenantId: teams.homeTenantId, url: cloud.keyVaultUrl }],
        tenants: [{ homeTenantId: teams.homeTenantId, targetTenantId: tenantIds.contoso }],
      },
    },
  });
});
beforeEach(async () => {
  await writeToken();
  publisher().federatedCredentials.length = 0;
  ({ general } = teams.team('Mobile', [alex, adele]));
  await teams.install(general, alex);
});
afterAll(async () => {
  delete process.env.AZURE_POD_IDENTITY_AUTHORITY_HOST;
  await rig.close();
  await teams.close();
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

const publisher = (): AppRegistration =>
  cloud.tenants.registrations.find(({ appId }) => appId === appIds.contosoPublisher)!;
const writeToken = async (change: { subject?: string; audience?: string } = {}) =>
  writeFileSync(tokenFile, await cloud.workloads.token({ subject, audience, now: Date.now(), ...change }));
const trust = (change: Partial<AppRegistration['federatedCredentials'][number]> = {}) =>
  publisher().federatedCredentials.push({
    name: 'quartermaster',
    issuer: cloud.workloads.url,
    subject,
    audience,
    availableAt: 0,
    ...change,
  });
const words = (pressed: { card: Card | null }) => (pressed.card === null ? '' : cardText(pressed.card));
const idOn = ({ card }: { card: unknown }) => JSON.stringify(card).match(/"connection":"([0-9a-f-]{36})"/)?.[1];
const fill = (name: string, more: Record<string, string>) => ({
  name,
  cloud: 'custom',
  tenant: tenantIds.contoso,
  clientId: appIds.contosoPublisher,
  ...more,
});
const begin = async (person = alex): Promise<FakeMessage> => {
  await teams.say(person, general, 'connect');
  return rig.card(general, 'Step 1 of 2');
};
const save = async (values: Record<string, string>) => {
  const message = await begin();
  return { message, pressed: await teams.press(alex, message, 'connection.save', values) };
};

it('offers what the operator has set up, the strongest first', async () => {
  const message = await begin();

  expect(cardText(message.card!)).toMatch(
    /Managed identity:[\s\S]*federated credential:[\s\S]*token file:[\s\S]*made by me:[\s\S]*Certificate in Key Vault:[\s\S]*secret in Key Vault:[\s\S]*Client secret:/,
  );
});

describe('a managed identity', () => {
  it.each([
    ['user-assigned', 'quartermaster', 'Publish apps'],
    ['system-assigned', 'host', 'Look at apps'],
  ])('connects, %s, with nothing typed but a name', async (_kind, identity, may) => {
    await save({ name: `By ${identity}`, cloud: 'custom', credential: 'managedIdentity', identity });

    const connected = await rig.card(general, new RegExp(`By ${identity}[\\s\\S]*✓ Connected`));
    expect(cardText(connected.card)).toContain(may);
    expect(cardText(connected.card)).toContain(`Managed identity ${identity}`);
  });

  it('says so when the machine does not have it', async () => {
    await save({ name: 'Nowhere', cloud: 'custom', credential: 'managedIdentity', identity: 'elsewhere' });

    const failed = await rig.card(general, /Nowhere[\s\S]*! Error/);
    expect(cardText(failed.card)).toContain('The managed identity gave no token');
  });

  it('shows how it gets its permission, which no portal can do', async () => {
    await save({ name: 'Needs rights', cloud: 'custom', credential: 'managedIdentity', identity: 'host' });
    const shown = await rig.card(general, /Needs rights[\s\S]*✓ Connected/);

    const setup = await teams.press(alex, shown, 'connection.setup', { connection: idOn(shown) });

    expect(words(setup)).toContain(`-PrincipalId ${machineIds.system}`);
    expect(words(setup)).toContain('Privileged Role Administrator');
    expect(cardFaults(setup.card!)).toEqual([]);
  });
});

describe('a managed identity as federated credential', () => {
  it('connects once the app trusts it', async () => {
    await save(fill('Trusted identity', { credential: 'federatedIdentity', identity: 'quartermaster' }));
    const waiting = await rig.card(general, 'has to be entered in Entra');
    const setup = await teams.press(alex, waiting, 'connection.setup', { connection: idOn(waiting) });
    const issuer = `${cloud.loginUrl}/${tenantIds.contoso}/v2.0`;
    for (const value of [issuer, machineIds.assigned, audience]) expect(words(setup)).toContain(value);
    expect(words(setup)).toContain('Entra accepts a wrong value without a word');
    trust({ issuer, subject: machineIds.assigned });

    await teams.press(alex, waiting, 'connection.test', { connection: idOn(waiting) });

    await rig.card(general, /Trusted identity[\s\S]*✓ Connected/);
  });
});

describe('a token file', () => {
  it('connects with the values that the card gives to copy', async () => {
    await save(fill('From a cluster', { credential: 'tokenFile' }));
    const waiting = await rig.card(general, 'has to be entered in Entra');
    const setup = await teams.press(alex, waiting, 'connection.setup', { connection: idOn(waiting) });
    for (const value of [cloud.workloads.url, subject, audience]) expect(words(setup)).toContain(value);
    trust();

    await teams.press(alex, waiting, 'connection.test', { connection: idOn(waiting) });

    await rig.card(general, /From a cluster[\s\S]*✓ Connected/);
  });

  it.each([
    ['issuer', { issuer: 'https://cluster.contoso.example/oidc/' }, 'The issuer does not fit'],
    ['subject', { subject: 'system:serviceaccount:other:bot' }, 'The subject does not fit'],
    ['letter case', { subject: subject.toUpperCase() }, 'upper and lower case'],
    ['audience', { audience: 'api://AzureADTokenExchangeUSGov' }, 'The audience does not fit'],
    ['propagation', { availableAt: Number.MAX_SAFE_INTEGER }, 'may not be known everywhere yet'],
  ])('tells a wrong %s apart, and what was sent', async (what, change, expected) => {
    trust(change);

    await save(fill(`Wrong ${what}`, { credential: 'tokenFile' }));

    const failed = await rig.card(general, new RegExp(`Wrong ${what}[\\s\\S]*! Error`));
    expect(cardText(failed.card)).toContain(expected);
    expect(cardText(failed.card)).toContain(`the subject ${subject}`);
  });

  it('explains a file that is gone', async () => {
    rmSync(tokenFile);

    await save(fill('No file', { credential: 'tokenFile' }));

    const failed = await rig.card(general, /No file[\s\S]*! Error/);
    expect(cardText(failed.card)).toContain('The operator of this bot can fix this');
  });
});

describe('Key Vault', () => {
  it('keeps a secret there and reads it anew each time', async () => {
    cloud.vault.set('intune', { value: publisher().secrets[0]!.value });

    await save(
      fill('Vault secret', { credential: 'keyVaultSecret', vaultEntry: `${cloud.keyVaultUrl}/secrets/intune` }),
    );

    const connected = await rig.card(general, /Vault secret[\s\S]*✓ Connected/);
    expect(cardText(connected.card)).toContain('Client secret in Key Vault (intune)');
    expect(JSON.stringify(connected.card)).not.toContain(publisher().secrets[0]!.value);
  });

  it('keeps a certificate there', async () => {
    const made = await makeCertificate({ name: 'Vault', validMonths: 6, now: new Date() });
    publisher().certificates.push(made.facts.pem);
    cloud.vault.set('cert', {
      value: `${made.privateKeyPem}${made.facts.pem}`,
      contentType: 'application/x-pem-file',
    });

    await save(
      fill('Vault certificate', {
        credential: 'keyVaultCertificate',
        vaultEntry: `${cloud.keyVaultUrl}/certificates/cert`,
      }),
    );

    await rig.card(general, /Vault certificate[\s\S]*✓ Connected/);
    const shown = await rig.card(general, /Vault certificate[\s\S]*Expires/);
    expect(cardText(shown.card)).toContain(made.facts.notAfter.slice(0, 10));
  });

  it('shows when a secret ends, warns of it, and follows the vault when it is renewed there', async () => {
    const value = publisher().secrets[0]!.value;
    const day = 86_400_000;
    cloud.vault.set('ending', { value, endsAt: Date.now() + 5 * day });
    await save(fill('Ending', { credential: 'keyVaultSecret', vaultEntry: `${cloud.keyVaultUrl}/secrets/ending` }));
    const ending = await rig.card(general, /Ending[\s\S]*in (4|5) days/);

    await rig.service.parts.watch.look();
    const warning = await rig.card(general, 'Ending needs a new credential soon');
    cloud.vault.set('ending', { value, endsAt: Date.now() + 200 * day });
    await teams.press(alex, ending, 'connection.test', { connection: idOn(ending) });

    expect(cardText(warning.card)).toMatch(/Key Vault says so\.[\s\S]*Renew it in the vault/);
    await rig.card(general, /Ending[\s\S]*in (199|200) days/);
  });

  it.each([
    ['a vault that is not allowed', 'https://evil.vault.azure.net/secrets/x', 'not a vault that the operator allowed'],
    ['something else', 'intune secret', 'not an identifier of Key Vault'],
  ])('refuses %s', async (_what, vaultEntry, expected) => {
    const { pressed } = await save(fill('Refused', { credential: 'keyVaultSecret', vaultEntry }));

    expect(words(pressed)).toContain(expected);
  });

  it('explains an entry that is not there', async () => {
    await save(fill('Gone', { credential: 'keyVaultSecret', vaultEntry: `${cloud.keyVaultUrl}/secrets/none` }));

    const failed = await rig.card(general, /Gone[\s\S]*! Error/);
    expect(cardText(failed.card)).toContain('The vault has no such entry');
  });
});

describe('credentials of this service', () => {
  it.each([
    ['another tenant', { tenant: tenantIds.fabrikam }, 'only your own tenant'],
    ['a domain', { tenant: 'contoso.example' }, 'Directory (tenant) ID itself'],
  ])('are not for %s', async (_what, change, expected) => {
    const { pressed } = await save({ ...fill('Elsewhere', { credential: 'tokenFile' }), ...change });

    expect(words(pressed)).toContain(expected);
  });

  it('are not for everybody who may make connections', async () => {
    await teams.say(alex, general, 'roles grant Adele Vance admin', { people: [adele] });
    const { general: own } = teams.team('Hers', [adele]);
    await teams.install(own, adele);
    await teams.say(adele, own, 'connect');
    const step = await rig.card(own, 'Step 1 of 2');

    const pressed = await teams.press(adele, step, 'connection.save', fill('Mine', { credential: 'tokenFile' }));

    expect(cardText(step.card)).not.toContain('token file');
    expect(cardText(step.card)).toContain('Administrators named by the operator may choose them');
    expect(words(pressed)).toContain('Only an administrator named by the operator');
  });

  it('cannot be pointed to another app by somebody who could not set them up', async () => {
    trust();
    await save(fill('Guarded', { credential: 'tokenFile' }));
    const shown = await rig.card(general, /Guarded[\s\S]*✓ Connected/);

    const moved = await teams.press(alex, shown, 'connection.save', {
      ...fill('Guarded', {}),
      connection: idOn(shown),
      revision: 1,
      tenant: tenantIds.fabrikam,
    });

    expect(words(moved)).toContain('only your own tenant');
  });
});
