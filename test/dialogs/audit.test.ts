import { auditCard, exportCard } from '../../src/dialogs/audit/audit-cards.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { now } from '../fakes/samples.ts';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let general: FakePlace;
let chat: FakePlace;

beforeAll(async () => {
  rig = await ProductRig.start();
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
  chat = rig.teams.personalChat(alex);
  await rig.teams.install(chat, alex);
});

afterAll(() => rig.close());

beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
});

/** The audit as the admin sees it, in their own chat. */
const auditOf = async (words = '') => {
  await rig.teams.say(alex, general, `audit ${words}`);
  const message = await rig.card(chat, 'Audit');
  expect(cardFaults(message.card)).toEqual([]);
  return { message, text: cardText(message.card) };
};

it('tells who was given which role, by whom, before and after', async () => {
  await rig.teams.say(alex, general, 'roles publisher', { people: [adele] });
  await rig.teams.say(alex, general, 'roles admin', { people: [adele] });

  const { text } = await auditOf();

  expect(text).toContain('Alex Wilber: roles admin · Adele Vance');
  expect(text).toContain('role: publisher → admin');
  expect(text).toContain('Alex Wilber: install · Alex Wilber');
});

it('tells of a connection that was made, without its secret', async () => {
  await rig.connect(alex, general, 'Audited');

  const { text } = await auditOf('connection');

  expect(text).toContain('Alex Wilber: connection save · Audited');
  expect(text).toContain(rig.registration().clientId);
  expect(text).not.toContain(rig.registration().secret);
});

it('tells of what was refused, and of what failed with its reason', async () => {
  await rig.teams.say(adele, general, 'roles admin', { people: [adele] });

  const { text } = await auditOf('refused');

  expect(text).toContain('Adele Vance: roles admin');
  expect(text).toContain('✗ refused');
});

it('is for admins', async () => {
  await rig.teams.say(adele, general, 'audit');

  await rig.text(general, 'this needs the admin role');
});

it('says so when nothing fits', async () => {
  const { text } = await auditOf('nothinglikethis');

  expect(text).toContain('No change has these words.');
});

describe('the file', () => {
  const linkOf = async () => {
    await rig.teams.say(alex, general, 'roles publisher', { people: [adele] });
    const { message } = await auditOf();
    // The audit of the team stands in the admin's own chat: a press there is about the team as well.
    const { url } = await rig.service.parts.auditExports.issue({
      workspaceId: (await rig.workspace(general)).id,
      filter: '',
      by: alex,
    });
    return { message, address: url.replace(rig.config.http.publicUrl, rig.url) };
  };

  it('comes once, after a press on a page that link scanners do not press', async () => {
    const { address } = await linkOf();

    const page = await fetch(address);
    const file = await fetch(address, { method: 'POST' });
    const again = await fetch(address, { method: 'POST' });

    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Download');
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(file.headers.get('content-disposition')).toContain('attachment');
    expect(file.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await file.text()).toContain('"Alex Wilber"');
    expect(again.status).toBe(404);
  });

  it('is not given to a page of somebody else, and its link is in no log', async () => {
    const { address } = await linkOf();

    const foreign = await fetch(address, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
    const unknown = await fetch(`${rig.url}/audit/${'A'.repeat(43)}`);

    expect(foreign.status).toBe(403);
    expect(unknown.status).toBe(404);
    expect(rig.logged.join('')).not.toContain(address.split('/').at(-1));
  });

  it('is not given to somebody who is no admin any more, or has left', async () => {
    await rig.teams.say(alex, general, 'roles admin', { people: [adele] });
    const { id: workspaceId } = await rig.workspace(general);
    const linkFor = async (by: Person) => {
      const { url } = await rig.service.parts.auditExports.issue({ workspaceId, filter: '', by });
      return url.replace(rig.config.http.publicUrl, rig.url);
    };
    const [hers, his] = [await linkFor(adele), await linkFor(alex)];
    await rig.teams.say(alex, general, 'roles remove', { people: [adele] });
    const lost = await fetch(hers, { method: 'POST' });
    await rig.teams.leave(general, alex);
    const left = await fetch(his, { method: 'POST' });

    expect([lost.status, left.status]).toEqual([403, 403]);
    expect(await left.text()).toContain('no file was handed out');
  });
});

describe('cards', () => {
  const row = {
    seq: 1,
    at: now,
    workspaceId: 'w',
    actorId: 'alex',
    actorName: 'Alex Wilber '.repeat(10),
    conversationId: '19:x',
    action: 'connection.save',
    subjectKind: 'connection',
    subjectId: 'c',
    subjectName: 'Contoso production '.repeat(10),
    before: { name: 'x'.repeat(500), application: 'y'.repeat(500) },
    after: { name: 'z'.repeat(500), application: null, more: ['a', 'b'] },
    result: 'failed' as const,
    problem: 'connectionNameTaken',
    reference: 'abcdefgh',
    graphRequestIds: [],
  };

  it.each([
    ['audit', auditCard({ workspaceName: 'Mobile', filter: '', rows: Array(6).fill(row), page: 1, more: true, now })],
    ['empty audit', auditCard({ workspaceName: null, filter: '', rows: [], page: 0, more: false, now })],
    ['audit file', exportCard({ url: 'https://qm.example/audit/x', filter: 'alex' })],
  ])('%s is valid, small and looks as reviewed', (_name, made) => {
    expect(cardFaults(made)).toEqual([]);
    expect(made).toMatchSnapshot();
  });
});
