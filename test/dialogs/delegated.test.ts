import { eq } from 'drizzle-orm';
import { appIds, personIds, tenantIds } from '../../demo/tenants.ts';
import { type UserSession, UserSessions } from '../../src/connections/user-sessions.ts';
import { connectionShares, publishJobs, secrets, userSessions } from '../../src/store/schema.ts';
import { SecretVault } from '../../src/store/secret-vault.ts';
import { Browser } from '../fakes/browser.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { inputsOf, on } from '../fakes/card-data.ts';
import { type FakeMessage, type FakePlace, FakeTeams, type Person } from '../fakes/connector.ts';
import { createFastClock } from '../fakes/fast-clock.ts';
import { ProductRig, publicUrl } from '../fakes/product-rig.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';

let rig: ProductRig;
let teams: FakeTeams;
let files: LinkServer;
let alex: Person;
let adele: Person;
let general: FakePlace;
let card: FakeMessage;
let connection: string;

beforeAll(async () => {
  teams = await FakeTeams.start({ homeTenantId: tenantIds.contoso, clock: createFastClock() });
  files = await startLinkServer(serveFile(buildApk()));
  rig = await ProductRig.start({ teams, packageHosts: [new URL(files.origin).host] });
  alex = teams.person('Alex Wilber', { objectId: personIds.alex });
  adele = teams.person('Adele Vance', { objectId: personIds.adele });
});

afterAll(async () => {
  await rig.close();
  await teams.close();
  await files.close();
});

/** What a new sign-in is made of. */
const columnsOf = ({ state: _, signedInAt: __, refreshedAt: ___, ...columns }: UserSession) => columns;

const form = (change: Record<string, string> = {}) => {
  const { tenantId, clientId, secret } = rig.registration('Publisher with sign-in');
  return {
    name: 'In my name',
    cloud: 'custom',
    tenant: tenantId,
    authUrl: '',
    clientId,
    secret,
    applicationPermissions: 'false',
    ...change,
  };
};

beforeEach(async () => {
  rig.cloud.signIn(personIds.alex);
  ({ general } = teams.team('Mobile', [alex, adele]));
  await teams.install(general, alex);
  await teams.say(alex, general, 'connect');
  await teams.press(alex, teams.lastMessage(general), 'connection.save', form());
  card = await rig.card(general, 'Not finished: Somebody has to sign in once');
  connection = JSON.stringify(card.card).match(/"connection":"([0-9a-f-]{36})"/)?.[1] ?? '';
});

const press = async (person: Person, verb: string, data: Record<string, unknown> = {}) => {
  const pressed = await teams.press(person, card, verb, { connection, ...data });
  if (pressed.card !== null) expect(cardFaults(pressed.card)).toEqual([]);
  return pressed.card === null ? JSON.stringify(pressed) : cardText(pressed.card);
};
const newBrowser = () => new Browser({ ca: rig.cloud.caPem, hosts: { [publicUrl]: rig.url } });

/** The link and the code of the card, as a person reads them. */
const linkFor = async (person: Person, data: Record<string, unknown> = {}) => {
  const pressed = await teams.press(person, card, 'signin.link', {
    connection,
    capabilities: 'publishApps',
    forWorkspace: 'false',
    ...data,
  });
  const shown = JSON.stringify(pressed.card);
  const url = shown.match(/https:\/\/quartermaster\.example\/signin\/start\/[\w-]+/)?.[0] ?? '';
  const code = shown.match(/"text":"(\d{3} \d{3})"/)?.[1] ?? '';
  return { url, code };
};
const signIn = async (data: Record<string, unknown> = {}) => {
  const { url, code } = await linkFor(alex, data);
  const browser = newBrowser();
  const microsoft = await browser.submit(await browser.open(url), { code });
  return browser.submit(microsoft, { decision: 'continue' });
};
/** MSAL's cache, or a token as it stands in one. */
const aToken = /RefreshToken|eyJ[\w-]{10,}\.eyJ/;
const connected = () => rig.card(general, /In my name[\s\S]*✓ Connected/);

describe('a connection with delegated permissions', () => {
  it('waits for somebody to sign in, and says why application permissions suit better', async () => {
    const shown = await press(alex, 'signin.ask');

    expect(shown).toContain('application permissions suit better');
    expect(shown).toContain('https://quartermaster.example/signin/callback');
  });

  it('is connected once its owner signed in, in that person’s name', async () => {
    const done = await signIn();

    expect(done.text).toContain('Signed in as Alex Wilber (alex@contoso.example).');
    const shown = await connected();
    expect(cardText(shown.card)).toContain('Delegated permissions');
    const state = await press(alex, 'signin.state');
    expect(state).toContain('In the name of Alex Wilber');
    expect(state).toContain('The owner’s presses only');
  });

  it('asks Microsoft for what was ticked and nothing more', async () => {
    const { url, code } = await linkFor(alex, { capabilities: 'seeApps' });
    const browser = newBrowser();

    const microsoft = await browser.submit(await browser.open(url), { code });

    const scope = new URL(microsoft.url).searchParams.get('scope') ?? '';
    expect(scope).toContain('DeviceManagementApps.Read.All');
    expect(scope).not.toContain('ReadWrite');
  });

  it('keeps the tokens in the vault, encrypted, and out of the log', async () => {
    await signIn();
    await connected();

    const [session] = await rig.database.db
      .select()
      .from(userSessions)
      .where(eq(userSessions.connectionId, connection));
    const [secret] = await rig.database.db.select().from(secrets).where(eq(secrets.id, session!.cacheSecretId));
    expect(secret?.ciphertext).toBeDefined();
    expect(JSON.stringify([session, secret])).not.toMatch(aToken);
    expect(rig.logged.join('')).not.toMatch(aToken);
  });

  it('shows what the person’s sign-in may do, in the same lens', async () => {
    await signIn();
    await connected();

    const shown = await press(alex, 'permissions.show');

    expect(shown).toContain('It may publish');
  });

  it('works for its owner’s presses only, until the owner shares it with the place', async () => {
    await signIn();
    await connected();
    const { connections } = rig.service.parts;

    const hers = await press(adele, 'permissions.show');
    const job = connections.accessTo(connection);

    expect(hers).toContain('This connection works for one person');
    await expect(job).rejects.toMatchObject({ problem: { code: 'delegatedOwnerOnly' } });
    await expect(connections.accessTo(connection, alex.objectId)).resolves.toBeDefined();

    expect(await press(alex, 'signin.share', { on: true })).toContain('This place’s jobs may use it now.');
    expect(await press(adele, 'permissions.show')).toContain('It may publish');
    await expect(connections.accessTo(connection)).resolves.toBeDefined();
  });

  it('is not used by who presses Retry on a job of its owner', async () => {
    await signIn({ forWorkspace: 'true', capabilities: 'publishApps' });
    await connected();
    await teams.say(alex, general, `publish ${files.origin}/sample.apk`);
    const draft = await rig.card(general, 'Show the plan');
    const form = { ...inputsOf(draft.card), connectionId: connection, release: on(draft.card, 'release') };
    await teams.press(alex, draft, 'publish.plan', { ...form, revision: Number(on(draft.card, 'revision')) });
    const plan = await rig.card(general, 'What will happen');
    const confirm = { release: form.release, revision: Number(on(plan.card, 'revision')), action: 'create' };
    await teams.press(alex, plan, 'publish.confirm', confirm);
    const shown = await rig.card(general, '✓ Published', 20_000);
    const job = on(shown.card, 'job') ?? '';
    await rig.database.db.update(publishJobs).set({ outcome: 'failed' }).where(eq(publishJobs.id, job));
    await press(alex, 'signin.share', { on: false });
    await teams.say(alex, general, 'roles publisher', { people: [adele] });

    const retried = await teams.press(adele, shown, 'job.retry', { job });

    expect(retried.card && cardText(retried.card)).toContain('This connection works for one person');
    expect((await rig.service.parts.jobs.view(job))?.outcome).toBe('failed');
  }, 60_000);

  it('lets nobody but the owner share it', async () => {
    await signIn();
    await connected();

    const isShared = await rig.service.parts.delegated.signIn.share(connection, true, adele);

    expect(isShared).toBe(false);
    expect(await press(alex, 'signin.state')).toContain('The owner’s presses only');
  });

  it('is not shared with other places, whatever a client sends', async () => {
    const refused = await press(alex, 'share.save', { with: 'all', places: '' });

    expect(refused).toContain('This connection works in the name of a person who signed in for this place only.');
    const shares = await rig.database.db
      .select()
      .from(connectionShares)
      .where(eq(connectionShares.connectionId, connection));
    expect(shares).toEqual([]);
  });

  it('is not offered to a viewer', async () => {
    const refused = await press(adele, 'signin.link', { capabilities: 'publishApps' });

    expect(refused).not.toContain('signin/start');
  });

  it('takes no other account than the one of the person in Teams', async () => {
    rig.cloud.signIn(personIds.megan);

    const page = await signIn();

    expect(page.text).toContain('another account signed in');
    expect(await press(alex, 'signin.state')).toContain('Nobody has signed in');
  });

  it('is for nothing once the connection was changed after the link was made', async () => {
    const { url, code } = await linkFor(alex);
    await press(alex, 'connection.save', { ...form({ name: 'Changed' }), revision: 1 });
    const browser = newBrowser();

    const page = await browser.submit(await browser.open(url), { code });

    expect(page.text).toContain('The connection was changed');
  });
});

it('shows the connection again where the link stood, in a chat of two', async () => {
  // Somebody without a part in any team: nothing has to be asked about the place.
  const lynne = teams.person('Lynne Robbins', { objectId: personIds.lynne });
  rig.cloud.signIn(personIds.lynne);
  general = teams.personalChat(lynne);
  await teams.install(general, lynne);
  await teams.say(lynne, general, 'connect');
  await teams.press(lynne, await rig.card(general, 'Step 1 of 2'), 'connection.save', form());
  card = await rig.card(general, 'Not finished: Somebody has to sign in once');
  connection = JSON.stringify(card.card).match(/"connection":"([0-9a-f-]{36})"/)?.[1] ?? '';
  const { url, code } = await linkFor(lynne);
  const browser = newBrowser();

  const done = await browser.submit(await browser.submit(await browser.open(url), { code }), { decision: 'continue' });
  expect(done.text).toContain('Signed in as Lynne');

  // What Intune lets this person do is another matter.
  expect((await rig.card(general, /In my name[\s\S]*(✓ Connected|! Error)/)).id).toBe(card.id);
});

describe('a sign-in that ends', () => {
  it('is told once, to the owner, with the way to a new one', async () => {
    await signIn();
    await connected();
    rig.cloud.revokeSessions(personIds.alex);

    await press(alex, 'connection.test');

    const told = await rig.card(general, 'This connection stopped working');
    expect(cardFaults(told.card)).toEqual([]);
    const alert = await rig.text(general, 'please sign in again for In my name');
    expect(alert.mentions).toContain(alex.teamsId);
    await rig.card(general, 'Error: Sign in again');
    await press(alex, 'connection.test');
    await rig.card(general, 'Error: Sign in again');
    const cards = teams.messages(general).filter(({ card: one }) => one && cardText(one).includes('stopped working'));
    expect(cards).toHaveLength(1);
  });

  it('works again after a new one', async () => {
    await signIn();
    await connected();
    rig.cloud.revokeSessions(personIds.alex);
    await press(alex, 'connection.test');
    await rig.card(general, 'Error: Sign in again');

    await signIn();

    await connected();
  });

  it('is kept alive in the background', async () => {
    await signIn();
    await connected();
    const old = new Date(Date.now() - 13 * 60 * 60_000);
    await rig.database.db
      .update(userSessions)
      .set({ refreshedAt: old })
      .where(eq(userSessions.connectionId, connection));
    const before = rig.cloud.state.requests('login').filter(({ path }) => path.endsWith('/token')).length;

    await rig.service.parts.delegated.signIn.refreshDue();

    const after = rig.cloud.state.requests('login').filter(({ path }) => path.endsWith('/token')).length;
    expect(after).toBe(before + 1);
    const [session] = await rig.database.db
      .select()
      .from(userSessions)
      .where(eq(userSessions.connectionId, connection));
    expect(session!.refreshedAt.getTime()).toBeGreaterThan(old.getTime());
  });

  it.each(['renewed', 'refused'])('touches no sign-in that took its place while it was %s', async (how) => {
    await signIn();
    await connected();
    const sessions = new UserSessions({ db: rig.database.db, vault: new SecretVault(rig.config.vaultKeys) });
    const store = sessions.storeOf(connection);
    const begun = (await store.read())!;
    const before = (await sessions.find(connection))!;
    const hers = { ...before, owner: { objectId: adele.objectId, name: adele.name, teamsId: adele.teamsId } };
    await rig.database.db.transaction((tx) =>
      sessions.put(tx, { ...columnsOf(hers), cache: 'what Adele signed in with', homeAccountId: 'adele' }),
    );

    const kept = how === 'renewed' ? await store.keep(begun, 'what Alex signed in with') : await store.lapsed(begun);

    expect(kept).toBeFalsy();
    expect(await store.read()).toMatchObject({ cache: 'what Adele signed in with', homeAccountId: 'adele' });
    expect(await sessions.find(connection)).toMatchObject({ state: 'good', owner: { name: 'Adele Vance' } });
  });

  it('leaves nothing behind when somebody signs out', async () => {
    await signIn();
    await connected();

    const shown = await press(alex, 'signin.out');

    expect(shown).toContain('Nobody has signed in');
    const kept = await rig.database.db.select().from(userSessions).where(eq(userSessions.connectionId, connection));
    expect(kept).toEqual([]);
    await rig.card(general, 'Not finished: Somebody has to sign in once');
  });
});

it('says that a connection with application permissions needs no sign-in', async () => {
  const publisher = rig.cloud.tenants.registrations.find(({ appId }) => appId === appIds.contosoPublisher)!;
  await teams.say(alex, general, 'connect');
  await teams.press(
    alex,
    teams.lastMessage(general),
    'connection.save',
    form({
      name: 'By itself',
      clientId: publisher.appId,
      secret: publisher.secrets[0]!.value,
      applicationPermissions: 'true',
    }),
  );
  const shown = await rig.card(general, /By itself[\s\S]*✓ Connected/);
  const id = JSON.stringify(shown.card).match(/"connection":"([0-9a-f-]{36})"/)?.[1];

  const pressed = await teams.press(alex, shown, 'signin.ask', { connection: id });

  expect(JSON.stringify(pressed)).toContain('nobody has to sign in');
});
