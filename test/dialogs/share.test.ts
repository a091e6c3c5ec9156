import { eq } from 'drizzle-orm';

import { connectionsCard } from '../../src/dialogs/connection/connection-card.ts';
import { aliasCard, shareCard, shareFormCard, withdrawCard } from '../../src/dialogs/share/share-cards.ts';
import { releases } from '../../src/store/schema.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { inputsOf, on } from '../fakes/card-data.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { now, sampleConnection, samplePlan } from '../fakes/samples.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let owner: FakePlace;
let borrower: FakePlace;
let connection: string;
let card: FakeMessage;
let files: LinkServer;

beforeAll(async () => {
  files = await startLinkServer(serveFile(buildApk()));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
});

afterAll(async () => {
  await rig.close();
  await files.close();
});

/** Alex owns the connection and is admin in both places; Adele is admin in the one that borrows. */
beforeEach(async () => {
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
  ({ general: owner } = rig.teams.team('Platform', [alex, adele]));
  ({ general: borrower } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(owner, alex);
  await rig.teams.install(borrower, adele);
  await rig.teams.say(adele, borrower, 'roles publisher', { people: [alex] });
  card = await rig.connect(alex, owner, 'Contoso production');
  const [own] = await rig.service.parts.connections.list((await rig.workspace(owner)).id);
  connection = own?.id ?? '';
});

const press = async (person: Person, message: FakeMessage, verb: string, data: Record<string, unknown>) => {
  const pressed = await rig.teams.press(person, message, verb, data);
  if (pressed.card !== null) expect(cardFaults(pressed.card)).toEqual([]);
  return pressed.card === null ? (pressed.text ?? '') : cardText(pressed.card);
};
const share = async (data: Record<string, unknown>) => press(alex, card, 'share.save', { connection, ...data });
const shareWithBorrower = async () => share({ with: 'chosen', places: (await rig.workspace(borrower)).id });
const listIn = async (place: FakePlace, person: Person) => {
  await rig.teams.say(person, place, 'connections');
  return cardText(rig.teams.lastMessage(place).card as never);
};
const shareId = async () => {
  const shown = await rig.teams.press(alex, card, 'share.show', { connection });
  return /"share":"([0-9a-f-]{36})"/.exec(JSON.stringify(shown.card))?.[1] ?? '';
};

it('begins in the list, lends to a chosen place, and marks there whose it is', async () => {
  expect(await listIn(owner, alex)).toContain('Share');
  const form = await press(alex, card, 'share.form', { connection });
  expect(form).toContain('Share Contoso production');
  expect(form).toContain('Mobile');

  expect(await shareWithBorrower()).toContain('Contoso production is shared.');

  const seen = await listIn(borrower, adele);
  expect(seen).toContain('Contoso production');
  expect(seen).toContain('Root: shared by Platform');
  expect(seen).not.toContain('Delete');
});

it('lets the borrower use it as if it were its own', async () => {
  await shareWithBorrower();

  await rig.teams.say(adele, borrower, 'publish');
  const published = cardText((await rig.card(borrower, 'The answer is for Adele Vance')).card);
  const message = rig.teams.lastMessage(borrower);

  expect(published).not.toContain('Connect to Intune first');
  expect(await press(adele, message, 'connection.show', { connection })).toContain('Root: shared by Platform');
  expect(await press(adele, message, 'connection.test', { connection })).toContain('Contoso production');
});

it.each([
  ['connection.edit', {}],
  ['connection.rotate', {}],
  ['connection.rename', {}],
  ['connection.disable', {}],
  ['connection.deleteNow', {}],
  ['consent.form', {}],
  ['share.form', {}],
  ['share.save', { with: 'all', places: '' }],
])('does not let the borrower change it: %s', async (verb, data) => {
  await shareWithBorrower();
  await listIn(borrower, adele);

  const told = await press(adele, rig.teams.lastMessage(borrower), verb, { connection, ...data });

  expect(told).toContain('This connection was lent to you');
  expect((await rig.service.parts.connections.get(connection))?.status).toBe('connected');
});

it('reaches places that come later, but no personal chat and no other tenant', async () => {
  await share({ with: 'all', places: '' });

  const { general: later } = rig.teams.team('Later', [adele]);
  await rig.teams.install(later, adele);
  const chat = rig.teams.personalChat(adele);
  await rig.teams.install(chat, adele);

  expect(await listIn(later, adele)).toContain('Root: shared by Platform');
  expect(await rig.service.parts.connections.list((await rig.workspace(chat)).id)).toEqual([]);
  await press(alex, card, 'share.withdraw.confirm', { connection, share: await shareId() });
  expect(await listIn(later, adele)).toContain('No connections yet');
});

it('is unknown in a place with which it was not shared, whatever id is pressed', async () => {
  const { general: stranger } = rig.teams.team('Stranger', [adele]);
  await rig.teams.install(stranger, adele);
  await shareWithBorrower();

  expect(await listIn(stranger, adele)).toContain('No connections yet');
  const told = await press(adele, rig.teams.lastMessage(stranger), 'connection.show', { connection });
  expect(told).toContain('not known here');
});

it('is not shared with places in which the sharer has no part, whatever a client sends', async () => {
  const { general: stranger } = rig.teams.team('Stranger', [adele]);
  await rig.teams.install(stranger, adele);

  await share({ with: 'chosen', places: (await rig.workspace(stranger)).id });

  expect(await listIn(stranger, adele)).toContain('No connections yet');
});

it('is signed in for, or looked into, by its owner’s place alone', async () => {
  await shareWithBorrower();
  await rig.teams.say(adele, borrower, 'connections');

  const refused = await press(adele, rig.teams.lastMessage(borrower), 'signin.state', { connection });

  expect(refused).toContain('This connection was lent to you');
});

it('may be called otherwise in the place that borrows it', async () => {
  await shareWithBorrower();
  await listIn(borrower, adele);
  const message = rig.teams.lastMessage(borrower);

  expect(await press(adele, message, 'share.alias.form', { lent: connection })).toContain('Name in this place');
  expect(await press(adele, message, 'share.alias.save', { lent: connection, alias: 'Prod' })).toContain(
    'It is called Prod here.',
  );

  await rig.teams.say(adele, borrower, 'connection prod');
  expect(cardText(rig.teams.lastMessage(borrower).card as never)).toContain('Root: shared by Platform');
  expect(await listIn(owner, alex)).not.toContain('Prod');
  expect(await press(adele, message, 'share.alias.save', { lent: connection, alias: 'x'.repeat(61) })).toContain('60');
});

it('says what uses it before it is withdrawn, and is gone there afterwards', async () => {
  await shareWithBorrower();
  const { id: workspaceId } = await rig.workspace(borrower);
  await rig.database.db.insert(releases).values({
    workspaceId,
    homeTenantId: rig.teams.homeTenantId,
    requesterId: adele.objectId,
    requesterName: adele.name,
    requesterTeamsId: adele.teamsId,
    place: {},
    state: 'planned',
    origin: { kind: 'artifact', artifactId: 'a', fileName: 'a.apk', size: 1 },
    plan: samplePlan({ connectionId: connection }),
  });
  const id = await shareId();

  const asked = await press(alex, card, 'share.withdraw', { connection, share: id });
  expect(asked).toContain('Mobile: one plan that waits to be confirmed');
  expect(await press(alex, card, 'share.withdraw.confirm', { connection, share: id })).toContain('It is withdrawn.');
  expect(await press(alex, card, 'share.withdraw.confirm', { connection, share: id })).toContain('withdrawn already');

  expect(await listIn(borrower, adele)).toContain('No connections yet');
  await rig.database.db.delete(releases).where(eq(releases.workspaceId, workspaceId));
});

it('tells the owner in its audit who shared it and who withdrew it', async () => {
  await shareWithBorrower();
  await press(alex, card, 'share.withdraw.confirm', { connection, share: await shareId() });

  const { rows } = await rig.service.parts.auditRows.page((await rig.workspace(owner)).id, {
    filter: 'share',
    page: 0,
    size: 10,
  });

  expect(rows.map(({ action, before, after }) => [action, before, after])).toEqual([
    ['connection share withdrawn', { with: ['Mobile'] }, { with: [] }],
    ['connection shared', { with: [] }, { with: ['Mobile'] }],
  ]);
});

it('leaves jobs and outcomes to the place that asked, and tells the owner in its audit', async () => {
  await shareWithBorrower();
  await rig.teams.say(adele, borrower, `publish ${files.origin}/sample.apk`);
  const draft = await rig.card(borrower, 'Show the plan');
  const release = on(draft.card, 'release');
  const form = { ...inputsOf(draft.card), connectionId: connection, release };
  await rig.teams.press(adele, draft, 'publish.plan', { ...form, revision: Number(on(draft.card, 'revision')) });
  const plan = await rig.card(borrower, 'What will happen');
  const confirm = { release, revision: Number(on(plan.card, 'revision')), action: 'create' };
  await rig.teams.press(adele, plan, 'publish.confirm', confirm);
  await rig.card(borrower, '✓ Published', 20_000);

  const rowsOf = async (place: FakePlace) => {
    const page = { filter: 'job ended', page: 0, size: 5 };
    const { rows } = await rig.service.parts.auditRows.page((await rig.workspace(place)).id, page);
    return rows.map(({ action, actorName, subjectKind }) => [action, actorName, subjectKind]);
  };
  expect(await rowsOf(borrower)).toEqual([['job ended', 'Adele Vance', 'job']]);
  expect(await rowsOf(owner)).toEqual([['job ended by a borrower', 'Adele Vance', 'connection']]);
  expect(rig.teams.messages(owner).some(({ text }) => text?.includes('is in Contoso production'))).toBe(false);
});

it('is named as in use before it is deleted', async () => {
  await shareWithBorrower();

  expect(await press(alex, card, 'connection.delete', { connection })).toContain('1 share with another place');
});

it('groups the list by the kind of credential, the strongest first', () => {
  const list = connectionsCard({
    list: [
      sampleConnection({ id: 'a', name: 'By secret' }),
      sampleConnection({ id: 'b', name: 'By certificate', credentialKind: 'certificate' }),
    ],
    page: 0,
    now,
    mayShare: true,
  });

  expect(cardFaults(list)).toEqual([]);
  expect(cardText(list)).toMatch(/With a certificate.*By certificate.*With a client secret.*By secret/s);
});

describe('cards', () => {
  const one = { id: 's', workspace: { id: 'w', name: 'Mobile' }, sharedByName: 'Alex Wilber', since: now };
  const all = { ...one, id: 'a', workspace: null };
  const lent = sampleConnection({ lent: { workspaceId: 'w', workspaceName: 'Platform', name: 'Contoso production' } });

  it.each([
    ['shares', shareCard({ connection: lent, shares: [all, one], now, said: 'Contoso production is shared.' })],
    ['many shares', shareCard({ connection: lent, shares: Array(40).fill(one), now })],
    ['no shares', shareCard({ connection: lent, shares: [], now })],
    ['share form', shareFormCard({ connection: lent, places: [{ id: 'w', name: 'Mobile' }], fault: 'Choose one' })],
    ['share form without places', shareFormCard({ connection: lent, places: [] })],
    [
      'withdrawal',
      withdrawCard({
        connection: lent,
        share: all,
        uses: [{ workspaceName: 'Mobile', openJobs: 1, drafts: 2, groupRoles: 1 }],
      }),
    ],
    ['withdrawal of nothing', withdrawCard({ connection: lent, share: one, uses: [] })],
    ['alias', aliasCard({ connection: lent, fault: 'Another connection of this place already has this name.' })],
  ])('%s is valid, small and looks as reviewed', (_name, made) => {
    expect(cardFaults(made)).toEqual([]);
    expect(made).toMatchSnapshot();
  });
});
