import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { tenantIds } from '../../demo/tenants.ts';
import { connections, consentLinks, consentRequests } from '../../src/store/schema.ts';
import { cardText } from '../fakes/card-check.ts';
import { ConsentTeam } from '../fakes/consent-team.ts';
import {
  Browser,
  codeOn,
  dataOf,
  pressOn,
  type ShownCard,
  servicePrincipalOf,
  shownBy,
  unconsentedApp,
  unfinishedConnection,
} from '../fakes/consent-walk.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';

let rig: ProductRig;
let files: LinkServer;
let team: ConsentTeam;

beforeAll(async () => {
  files = await startLinkServer(serveFile(buildApk()));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
});

beforeEach(async () => {
  team = await ConsentTeam.gather(rig);
});

afterEach(() => {
  rig.cloud.delays.consent = 0;
});

afterAll(async () => {
  await rig.close();
  await files.close();
});

type Asked = Awaited<ReturnType<ConsentTeam['asked']>>;

const other = (code: string) => (code === '000 000' ? '111 111' : '000 000');
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const change = (id: string, values: Partial<typeof consentRequests.$inferInsert>) =>
  rig.database.db.update(consentRequests).set(values).where(eq(consentRequests.id, id));
const stateOf = async (id: string) => {
  const [row] = await rig.database.db.select().from(consentRequests).where(eq(consentRequests.id, id));
  return row?.state;
};

describe('what comes back from Microsoft', () => {
  it('counts for nothing when it names another tenant', async () => {
    const { base, requestId } = await team.asked();
    const { browser, callback } = await team.atMicrosoft(base, 'cancel');
    const forged = new URL(callback);
    forged.search = new URLSearchParams({
      admin_consent: 'True',
      tenant: rig.registration().tenantId,
      state: forged.searchParams.get('state') ?? '',
    }).toString();

    const page = await browser.open(forged.href);

    expect(page.status).toBe(409);
    expect(await stateOf(requestId)).toBe('waiting');
  });

  it('counts for nothing in another browser, and still counts in the right one', async () => {
    const { base, name } = await team.asked();
    const { browser, callback } = await team.atMicrosoft(base);

    const other = await new Browser(rig).open(callback);
    const right = await browser.open(callback);

    expect(other.status).toBe(403);
    expect(right.text).toContain('Microsoft says it is granted');
    await team.consentCard(name, 'Granted by Megan Bowen and verified');
  });

  it('is noted once, however often it comes', async () => {
    const { base, name } = await team.asked();
    const { browser, callback } = await team.granted(base);
    await team.consentCard(name, 'and verified');

    const again = await browser.open(callback);
    expect(again.text).toContain('https://teams.microsoft.com/l/message/');

    expect(again.text).toContain('noted already');
    await rig.text(team.general, `${name} is connected`);
    expect(team.said().split(`${name} is connected`)).toHaveLength(2);
  });

  it.each([
    ['90094', 'a Global Administrator or Privileged Role Administrator of the tenant can'],
    ['50020', 'an account that does not belong to the tenant'],
    ['53003', 'A rule of the tenant stopped the sign-in'],
  ])(
    'is explained when Microsoft stopped somebody with AADSTS%s, and the reasons are one press away',
    async (code, words) => {
      const { base, name } = await team.asked();
      const { browser, url } = await team.atMicrosoft(base, 'cancel');
      const said = new URLSearchParams({
        error: 'access_denied',
        error_description: `AADSTS${code}: something long`,
        admin_consent: 'True',
        state: url.split('/').at(-1) ?? '',
      });

      const page = await browser.open(`/consent/callback?${said}`);
      const shown = await team.consentCard(name, 'Microsoft’s page|A rule of the tenant');
      const reasons = shownBy(
        await rig.teams.press(team.megan, shown, 'consent.stopped', dataOf(shown.card, 'consent.view')),
      );

      expect(page.text).toContain('Microsoft stopped you');
      expect(page.text).not.toContain('something long');
      expect(cardText(shown.card).toLowerCase()).toContain(words.toLowerCase());
      expect(cardText(reasons)).toContain('Only a Global Administrator or Privileged Role Administrator can finish');
      expect(cardText(reasons)).toContain('Admin consent settings');
    },
  );

  it('connects nothing when it is made up', async () => {
    const { base, requestId, name } = await team.asked();
    const { browser, url } = await team.atMicrosoft(base, 'cancel');
    const unknown = await browser.open(`/consent/callback?admin_consent=True&tenant=x&state=${'a'.repeat(43)}`);
    const state = url.split('/').at(-1) ?? '';

    const claimed = await browser.open(`/consent/callback?admin_consent=True&state=${state}`);

    expect(unknown.status).toBe(404);
    expect(claimed.text).toContain('I now ask Microsoft for a fresh token');
    await team.connectionCard(name, 'Granted, waiting for Microsoft');
    expect(await stateOf(requestId)).toBe('granting');
    expect(team.said()).not.toContain(`${name} is connected`);
  });

  it('names nobody when the link’s time was over, but finds the grant', async () => {
    const { base, name, requestId } = await team.asked();
    const { browser, callback } = await team.atMicrosoft(base);
    await rig.database.db
      .update(consentLinks)
      .set({ expiresAt: minutesAgo(1) })
      .where(eq(consentLinks.requestId, requestId));

    const page = await browser.open(callback);

    expect(page.status).toBe(410);
    const shown = await team.consentCard(name, 'Granted at Microsoft and verified');
    expect(cardText(shown.card)).not.toContain('Granted by');
  });
});

describe('a grant that takes its time', () => {
  it('is waited for, and the cards say so', async () => {
    rig.cloud.delays.consent = 3_600_000;
    const { base, name } = await team.asked();
    await team.granted(base);
    const waiting = await team.consentCard(name, 'Granted by Megan Bowen, waiting for Microsoft');
    await team.connectionCard(name, 'Granted, waiting for Microsoft to pass it on');
    rig.cloud.delays.consent = 0;

    await rig.teams.press(team.adele, waiting, 'consent.check', dataOf(waiting.card, 'consent.view'));

    await team.consentCard(name, 'Granted by Megan Bowen and verified');
  });

  it('lets people prepare what they want to publish, and plans it when it has arrived', async () => {
    rig.cloud.delays.consent = 3_600_000;
    const { base, name, connectionId } = await team.asked();
    await team.granted(base);
    const waiting = await team.consentCard(name, 'waiting for Microsoft');
    await rig.teams.say(team.alex, team.general, `publish ${files.origin}/sample.apk`);
    const draft = await rig.card(team.general, 'Show the plan');
    const values = {
      displayName: 'Early bird',
      publisher: 'Contoso',
      description: 'Early',
      minimumOs: 'v9_0',
      connectionId,
    };

    const early = shownBy(await pressOn(rig, team.alex, draft, draft.card, 'publish.plan', values));
    rig.cloud.delays.consent = 0;
    await rig.teams.press(team.alex, waiting, 'consent.check', dataOf(waiting.card, 'consent.view'));
    await team.consentCard(name, 'and verified');
    const planned = shownBy(await pressOn(rig, team.alex, draft, early, 'publish.plan', values));

    expect(cardText(early)).toContain('Microsoft is still passing it on');
    expect(cardText(early)).toContain('Early bird');
    expect(cardText(planned)).toContain('What will happen');
  });

  it('cannot be denied or withdrawn any more: it stands at Microsoft', async () => {
    rig.cloud.delays.consent = 3_600_000;
    const { base, name, requestId } = await team.asked();
    await team.granted(base);
    const waiting = await team.consentCard(name, 'waiting for Microsoft');
    const press = dataOf(waiting.card, 'consent.view');

    const denied = await rig.teams.press(team.megan, waiting, 'consent.deny', { ...press, reason: 'no' });
    const withdrawn = await rig.teams.press(team.alex, waiting, 'consent.withdraw', press);

    expect(cardText(shownBy(denied))).toContain('cannot be denied here');
    expect(cardText(shownBy(withdrawn))).toContain('cannot be withdrawn any more');
    expect(await stateOf(requestId)).toBe('granting');
  });

  it('is given up after twenty minutes, with what to look at', async () => {
    rig.cloud.delays.consent = 3_600_000;
    const { base, name, requestId } = await team.asked();
    await team.granted(base);
    const waiting = await team.consentCard(name, 'waiting for Microsoft');
    await change(requestId, { grantedAt: minutesAgo(21) });

    await rig.teams.press(team.megan, waiting, 'consent.check', dataOf(waiting.card, 'consent.view'));

    await team.consentCard(name, 'green tick');
    await team.connectionCard(name, 'Waiting for an administrator');
    const told = await rig.text(team.general, 'do not show it after 20 minutes');
    expect(told.mentions).toEqual([team.alex.teamsId]);
  });
});

it('says what was granted beyond the list', async () => {
  const app = unconsentedApp(rig, {
    requestedRoles: ['DeviceManagementApps.ReadWrite.All', 'DeviceManagementManagedDevices.PrivilegedOperations.All'],
  });
  const { base, name } = await team.asked({ app, fields: { capabilities: 'seeGroupNames' } });

  await team.granted(base);

  const shown = await team.consentCard(name, 'and verified');
  expect(cardText(shown.card)).toContain('Listed, but not granted: GroupMember.Read.All');
  expect(cardText(shown.card)).toContain('wipe, retire, lock and restart devices');
  await rig.text(team.general, 'Granted but not listed: DeviceManagementManagedDevices.PrivilegedOperations.All');
});

it('tells an app that was switched off in the tenant from one that nobody agreed to', async () => {
  const { base, name, app } = await team.asked();
  servicePrincipalOf(rig, app).enabled = false;
  const press = dataOf(base.card, 'consent.view');
  await rig.teams.press(team.megan, base, 'consent.check', press);
  const blocked = await team.consentCard(name, 'The app is disabled in the tenant');
  expect(JSON.stringify(blocked.card)).toContain('Enterprise apps');
  servicePrincipalOf(rig, app).enabled = true;

  await rig.teams.press(team.megan, blocked, 'consent.check', press);

  await team.consentCard(name, 'Waiting for an administrator of the tenant to agree');
});

/** The page for an administrator outside Teams, as Alex gets it. */
async function outsidePage(base: ShownCard) {
  const view = await team.viewOf(team.alex, base);
  const choose = shownBy(await pressOn(rig, team.alex, base, view, 'consent.someoneElse'));
  const made = shownBy(await pressOn(rig, team.alex, base, choose, 'consent.page'));
  const url = /https:\/\/quartermaster\.example\/consent\/r\/[0-9a-f-]{36}/.exec(cardText(made))?.[0] ?? '';
  return { url, code: codeOn(made) };
}

it('names the tenant by its id and by the domain that was typed, which is all that is known before it agreed', async () => {
  const { base } = await team.asked({ tenant: 'fabrikam.example' });

  const { url } = await team.reviewed(base);
  const page = await new Browser(rig).open(url);

  const named = `${tenantIds.fabrikam}, typed as fabrikam.example`;
  expect(cardText(base.card)).toContain(named);
  expect(page.text).toContain(named);
});

it('shows a list that has changed before it leads anywhere', async () => {
  const { base, requestId } = await team.asked();
  await change(requestId, { permissions: ['DeviceManagementApps.Read.All'] });

  const view = await team.viewOf(team.megan, base);
  const changed = shownBy(await pressOn(rig, team.megan, base, view, 'consent.review'));
  const review = shownBy(await pressOn(rig, team.megan, base, changed, 'consent.review'));

  expect(cardText(changed)).toContain('The list of permissions has changed since this was asked');
  expect(cardText(changed)).toContain('DeviceManagementApps.ReadWrite.All');
  expect(JSON.stringify(changed)).not.toContain('/consent/go/');
  expect(codeOn(review)).toMatch(/\d{3} \d{3}/);
});

it('has ended for whoever presses after its time, though nothing has looked yet', async () => {
  const { base, requestId, name } = await team.asked();
  await change(requestId, { expiresAt: minutesAgo(1) });

  const pressed = await rig.teams.press(team.megan, base, 'consent.review', dataOf(base.card, 'consent.view'));

  expect(cardText(shownBy(pressed))).toContain('Expired: nobody decided in time');
  await team.consentCard(name, 'Expired: nobody decided in time');
});

it('is found at the next press of anybody when it was granted elsewhere meanwhile', async () => {
  const { base, name, app, connectionId } = await team.asked();
  servicePrincipalOf(rig, app).grants.push({
    role: 'DeviceManagementApps.ReadWrite.All',
    assignmentId: 'a',
    createdAt: 0,
  });
  const look = (trigger: 'automatic' | 'manual') =>
    rig.teams.press(team.adele, base, 'consent.view', dataOf(base.card, 'consent.view'), { trigger });
  await rig.database.db
    .update(connections)
    .set({ lastTestedAt: minutesAgo(2) })
    .where(eq(connections.id, connectionId));

  await look('automatic');
  const [before] = await rig.database.db.select().from(connections).where(eq(connections.id, connectionId));
  await look('manual');

  expect(before?.testingSince).toBeNull();
  await team.consentCard(name, 'Granted at Microsoft and verified');
});

describe('a code', () => {
  const ways = {
    'in Teams': ({ base }: Asked) => team.reviewed(base),
    'outside Teams': ({ base }: Asked) => outsidePage(base),
  };

  it.each(Object.entries(ways))('%s takes five guesses, also when they come at once', async (_where, open) => {
    const { url, code } = await open(await team.asked());
    const guesses = Array.from({ length: 40 }, () => new Browser(rig).open(url, { code: other(code) }));

    const answers = (await Promise.all(guesses)).map(({ status }) => status);
    const late = await new Browser(rig).open(url, { code });

    expect(answers.filter((status) => status === 400)).toHaveLength(5);
    expect(answers.filter((status) => status === 410)).toHaveLength(35);
    expect(late.location).toBeNull();
  });

  it.each(Object.entries(ways))('%s may be typed again by the person who has it', async (_where, open) => {
    const { url, code } = await open(await team.asked());
    const browser = new Browser(rig);

    const entered = [];
    for (let time = 0; time < 7; time += 1) entered.push((await browser.open(url, { code })).status);

    expect(new Set(entered)).toEqual(new Set([303]));
  });

  it.each(Object.entries(ways))('%s counts from our own page only', async (_where, open) => {
    const { url, code } = await open(await team.asked());

    const forged = await new Browser(rig).open(url, { code }, { origin: 'https://elsewhere.example' });
    const own = await new Browser(rig).open(url, { code });

    expect([forged.status, forged.location]).toEqual([410, null]);
    expect(own.status).toBe(303);
  });

  // A million hashes take a second: whoever reads the store must lack something else.
  it.each(Object.entries(ways))('%s is not found by whoever reads the store', async (_where, open) => {
    const asked = await team.asked();
    const code = (await open(asked)).code.replace(' ', '');
    const { db } = rig.database;
    const [request] = await db.select().from(consentRequests).where(eq(consentRequests.id, asked.requestId));
    const links = await db.select().from(consentLinks).where(eq(consentLinks.requestId, asked.requestId));
    const stored = [request, ...links].flatMap((row) => Object.values(row ?? {})).map(String);

    const guessed = ['', ...stored].flatMap((known) =>
      [`${code}`, `${known}${code}`, `${known} ${code}`].map((text) => createHash('sha256').update(text).digest('hex')),
    );

    expect(stored.filter((value) => guessed.includes(value))).toEqual([]);
  });
});

describe('who decides', () => {
  it('is asked again at each press: a role that was taken away decides nothing', async () => {
    const { base, requestId } = await team.asked();
    const view = await team.viewOf(team.megan, base);
    await team.name('remove', team.megan);

    const pressed = await pressOn(rig, team.megan, base, view, 'consent.review');

    expect(pressed.text).toContain('needs the approver role');
    expect(await stateOf(requestId)).toBe('waiting');
  });

  it('is nobody who has left the team, also from the card in their own chat', async () => {
    const { name, requestId } = await team.asked();
    const copy = await rig.card(team.megansChat, `Consent for ${name}`);
    const view = await team.viewOf(team.megan, copy);

    await rig.teams.leave(team.general, team.megan);
    const reviewed = await pressOn(rig, team.megan, copy, view, 'consent.review');
    const denied = await rig.teams.press(team.megan, copy, 'consent.deny', { request: requestId, reason: 'x' });
    await rig.teams.say(team.megan, team.megansChat, 'consent');

    expect(reviewed.text).toContain('not known here');
    expect(denied.text).toContain('not known here');
    const { text, card } = rig.teams.lastMessage(team.megansChat);
    expect(text ?? (card === null ? '' : cardText(card))).not.toContain(name);
    expect(await stateOf(requestId)).toBe('waiting');
  });

  it('is not offered among those who can be asked, once they have left', async () => {
    await team.name('approver', team.adele);
    await rig.teams.leave(team.general, team.megan);

    const { name } = await team.asked();

    const card = await team.consentCard(name, 'Asked: Adele Vance');
    expect(cardText(card.card)).not.toContain('Megan Bowen');
  });

  it('is asked where they can be reached; for the others it says how they add the bot', async () => {
    await team.name('approver', team.adele);
    const made = await unfinishedConnection(rig, team.alex, team.general, { name: `Fabrikam ${Math.random()}` });
    const form = shownBy(await pressOn(rig, team.alex, made.message, made.message.card, 'consent.form'));

    const sent = shownBy(await pressOn(rig, team.alex, made.message, form, 'consent.ask', { approver: 'all' }));

    expect(cardText(sent)).toMatch(/Asked (Adele Vance, Megan Bowen|Megan Bowen, Adele Vance)\./);
    expect(cardText(sent)).toMatch(
      /no chat of their own with Adele Vance; they can add me with https:\/\/teams\.microsoft\.com\/l\/app\//,
    );
  });

  it('may be somebody else: they get the request too', async () => {
    const { base, name } = await team.asked({ fields: { approver: team.megan.objectId } });
    await team.name('approver', team.adele);
    const adelesChat = rig.teams.personalChat(team.adele);
    await rig.teams.install(adelesChat, team.adele);
    const view = await team.viewOf(team.megan, base);
    const choose = shownBy(await pressOn(rig, team.megan, base, view, 'consent.someoneElse'));

    const handed = shownBy(
      await pressOn(rig, team.megan, base, choose, 'consent.handTo', { person: team.adele.objectId }),
    );

    expect(cardText(handed)).toContain('Adele Vance has it now too.');
    await rig.card(adelesChat, `Consent for ${name}`);
    await team.consentCard(name, 'Asked: Megan Bowen, Adele Vance');
  });

  it('may be an administrator outside Teams, with a page and a code on two ways', async () => {
    const { base, name } = await team.asked();
    const { url, code } = await outsidePage(base);
    const admin = new Browser(rig);

    const page = await admin.open(url);
    const wrong = await admin.open(url, { code: other(code) });
    const entered = await admin.open(url, { code });
    const { location } = await admin.atMicrosoft(entered.location ?? '', 'accept');
    await admin.open(location ?? '');

    expect(page.text).toContain('Alex Wilber');
    expect(wrong.status).toBe(400);
    await team.consentCard(name, 'Granted by an administrator of the tenant, asked by Alex Wilber');
  });

  it('is told where the page for an administrator is not open: without a code nobody gets further', async () => {
    const { requestId } = await team.asked();

    const page = await new Browser(rig).open(`/consent/r/${requestId}`);

    expect(page.status).toBe(410);
  });

  it('learns that the person who asked has left, and may go on', async () => {
    const { base } = await team.asked();
    const view = await team.viewOf(team.megan, base);
    const members = team.general.members;
    members.splice(members.indexOf(team.alex), 1);

    const left = shownBy(await pressOn(rig, team.megan, base, view, 'consent.review'));
    const review = shownBy(await pressOn(rig, team.megan, base, left, 'consent.review'));

    expect(cardText(left)).toContain('Alex Wilber, who is not in this place any more');
    expect(codeOn(review)).toMatch(/\d{3} \d{3}/);
  });

  it('asks a question that mentions the person who asked', async () => {
    const { base, name } = await team.asked();
    const view = await team.viewOf(team.megan, base);
    const form = shownBy(await pressOn(rig, team.megan, base, view, 'consent.questionForm'));

    await pressOn(rig, team.megan, base, form, 'consent.question', { question: 'Which devices?' });

    const asked = await rig.text(team.general, `Megan Bowen asks about the consent for ${name}: Which devices?`);
    expect(asked.mentions).toEqual([team.alex.teamsId]);
  });
});

describe('a request that ends', () => {
  it('is withdrawn by the person who asked and by nobody else', async () => {
    const { base, name } = await team.asked();
    const press = dataOf(base.card, 'consent.view');
    const copy = await rig.card(team.megansChat, `Consent for ${name}`);

    const byMegan = await rig.teams.press(team.megan, base, 'consent.withdraw', press);
    await rig.teams.press(team.alex, base, 'consent.withdraw', press);

    expect(byMegan.text).toContain('Only Alex Wilber');
    await team.consentCard(name, 'Withdrawn by Alex Wilber');
    const gone = await rig.card(team.megansChat, new RegExp(`${name}[\\s\\S]*Withdrawn by Alex Wilber`));
    expect(gone.id).toBe(copy.id);
  });

  it('reminds those who can decide, and expires', async () => {
    const { name, requestId } = await team.asked();
    await change(requestId, { createdAt: minutesAgo(25 * 60), dueAt: minutesAgo(1) });
    await rig.service.parts.consent.watch.look();
    await rig.text(team.megansChat, `Alex Wilber still waits for an administrator to agree to ${name}`);
    await change(requestId, { expiresAt: minutesAgo(1), dueAt: minutesAgo(1) });

    await rig.service.parts.consent.watch.look();
    // The product's own look, which may have read the request before it was changed here, writes the next date over this one.
    await change(requestId, { dueAt: minutesAgo(1) });
    await rig.service.parts.consent.watch.look();

    await team.consentCard(name, 'Expired: nobody decided in time');
    await rig.text(team.general, `Nobody decided on the consent for ${name} in time`);
    await team.connectionCard(name, 'Request consent');
  });

  it('is overtaken when the connection becomes another one', async () => {
    const { base, name, message, app } = await team.asked();
    const edit = await rig.teams.press(team.alex, message, 'connection.edit', {
      connection: dataOf((await team.connectionCard(name, 'Consent request')).card, 'consent.show').connection,
    });
    await pressOn(rig, team.alex, message, shownBy(edit), 'connection.save', {
      name: `${name} renamed`,
      cloud: 'custom',
      tenant: app.homeTenantId,
      authUrl: '',
      clientId: app.appId,
      secret: '',
    });

    const view = shownBy(await rig.teams.press(team.megan, base, 'consent.view', dataOf(base.card, 'consent.view')));

    expect(cardText(view)).toContain('Over: the connection was changed meanwhile');
    await team.consentCard(name, 'Over: the connection was changed meanwhile');
  });
});

it('lists what is open, who has it, and since when', async () => {
  const { name } = await team.asked();

  await rig.teams.say(team.adele, team.general, 'consent');

  const list = await rig.card(team.general, 'Consent requests');
  expect(cardText(list.card)).toContain(name);
  expect(cardText(list.card)).toContain('with Megan Bowen');
  await rig.teams.say(team.megan, team.megansChat, 'consent');
  const hers = await rig.card(team.megansChat, 'Consent requests');
  expect(cardText(hers.card)).toContain(name);
});

it('is not known in another place, whatever id is sent', async () => {
  const { requestId } = await team.asked();
  const other = await ConsentTeam.gather(rig);
  const elsewhere = await other.asked();

  const looked = await rig.teams.press(other.megan, elsewhere.base, 'consent.view', { request: requestId });
  const denied = await rig.teams.press(other.megan, elsewhere.base, 'consent.deny', {
    request: requestId,
    reason: 'x',
  });

  expect(looked.text).toContain('not known here');
  expect(denied.text).toContain('not known here');
  expect(await stateOf(requestId)).toBe('waiting');
});

it('ends by itself when the connection is renamed or switched off', async () => {
  const [renamed, off] = [await team.asked(), await team.asked()];
  const set = (id: string, values: Partial<typeof connections.$inferInsert>) =>
    rig.database.db.update(connections).set(values).where(eq(connections.id, id));
  await set(renamed.connectionId, { name: 'Another name', nameKey: `another ${renamed.connectionId}` });
  await set(off.connectionId, { status: 'disabled' });

  await rig.service.parts.consent.watch.look();

  await team.consentCard(renamed.name, 'Over: the connection was changed meanwhile');
  await team.consentCard(off.name, 'Over: the connection was changed meanwhile');
});

// The last one: Teams goes on refusing.
it('shows itself on a copy that Teams would not update, as soon as somebody looks', async () => {
  const { base, name } = await team.asked();
  const copy = await rig.card(team.megansChat, `Consent for ${name}`);
  const view = await team.viewOf(team.alex, base);
  rig.teams.failNext('update', { status: 400, code: 'BadSyntax' }, 20);

  await pressOn(rig, team.alex, base, view, 'consent.withdraw');
  const seen = await team.viewOf(team.megan, copy);

  expect(cardText(seen)).toContain('Withdrawn by Alex Wilber');
});
