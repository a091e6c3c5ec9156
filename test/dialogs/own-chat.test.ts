import { pressButton } from '../fakes/buttons.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { inputsOf } from '../fakes/card-data.ts';
import type { FakePlace, Person, Pressed } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';

let rig: ProductRig;
let alex: Person;
let adele: Person;
let chat: FakePlace;

beforeAll(async () => {
  rig = await ProductRig.start();
});

afterAll(() => rig.close());

beforeEach(async () => {
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
  chat = rig.teams.personalChat(adele);
  await rig.teams.install(chat, adele);
});

/** A team of Alex with a connection, in which Adele is a member. */
const teamWith = async (name: string, connection: string) => {
  const { general } = rig.teams.team(name, [alex, adele]);
  await rig.teams.install(general, alex);
  await rig.connect(alex, general, connection);
  return general;
};

const give = (place: FakePlace, role: string) => rig.teams.say(alex, place, `roles ${role}`, { people: [adele] });

/** What the bot answers in Adele’s own chat. */
const asked = async (words: string) => {
  await rig.teams.say(adele, chat, words);
  const message = rig.teams.lastMessage(chat);
  if (message.card !== null) expect(cardFaults(message.card)).toEqual([]);
  return { message, text: `${message.text ?? ''}${message.card === null ? '' : cardText(message.card)}` };
};

it('works with the connections of the place in which the person holds a role', async () => {
  await give(await teamWith('Mobile', 'Contoso production'), 'publisher');

  const { message, text } = await asked('connection contoso PRODUCTION');
  const publish = await rig.teams.press(adele, message, 'publish.start', pinOf(message.card, 'publish.start'));

  expect(text).toContain('Contoso production');
  expect(publish.card && cardText(publish.card)).toContain('Publish an app');
  expect(publish.card && cardText(publish.card)).toContain('Mobile');
});

it('may do there what the role allows there, no more', async () => {
  await give(await teamWith('Mobile', 'Contoso production'), 'publisher');

  const { message } = await asked('connection Contoso production');
  const { connection } = pinOf(message.card, 'connection.test');
  const refused = await rig.teams.press(adele, message, 'connection.edit', { connection });

  expect(refused.text).toContain(
    'this needs the admin role, or an own role with “Connect tenants and look after connections”. Admins: Alex Wilber',
  );
});

it('knows nothing of places in which the person has no role', async () => {
  const general = await teamWith('Secret', 'Hidden production');
  const { id } = await rig.workspace(general);
  const [hidden] = await rig.service.parts.connections.list(id);

  const named = await asked('connection Hidden production');
  const pressed = await rig.teams.press(adele, named.message, 'connection.show', { connection: hidden?.id });

  expect(named.text).toContain('There is no connection named Hidden production here.');
  expect(pressed.text).toContain('not known here');
});

it('asks back where a name is used in two places, and goes on in the chosen one', async () => {
  const mobile = await teamWith('Mobile', 'Contoso production');
  const field = await teamWith('Field', 'Contoso production');
  await give(mobile, 'publisher');
  await give(field, 'publisher');

  const { message, text } = await asked('connection Contoso production');
  const choice = pinOf(message.card, 'turn.in', (await rig.workspace(field)).id);
  const shown = await rig.teams.press(adele, message, 'turn.in', choice);

  expect(text).toContain('Which place is this for?');
  expect(text).toContain('Field');
  expect(text).toContain('Mobile');
  expect(JSON.stringify(shown.card)).toContain((await rig.workspace(field)).id);
  expect(shown.card && cardText(shown.card)).toContain('Contoso production');
});

it('never puts a typed link on the card that asks back, and still remembers it', async () => {
  await give(await teamWith('Mobile', 'Contoso production'), 'publisher');
  const field = await teamWith('Field', 'Fabrikam');
  await give(field, 'publisher');

  const { message } = await asked('publish https://files.example/app.apk?sig=hidden');
  const choice = pinOf(message.card, 'turn.in', (await rig.workspace(field)).id);
  const chosen = await rig.teams.press(adele, message, 'turn.in', choice);

  expect(JSON.stringify(message.card)).not.toContain('hidden');
  expect(`${chosen.text ?? ''}${chosen.card === null ? '' : cardText(chosen.card)}`).not.toContain('remember');
});

it('publishes where the card leads that was pressed, with its connection chosen', async () => {
  await give(await teamWith('Mobile', 'Contoso production'), 'publisher');
  const field = await teamWith('Field', 'Fabrikam');
  await rig.connect(alex, field, 'Contoso test');
  await give(field, 'publisher');
  const { message } = await asked('connection Contoso test');
  const { workspace: _, ...unpinned } = pinOf(message.card, 'publish.start');

  const { card } = await rig.teams.press(adele, message, 'publish.start', unpinned);
  await upload(/https:\/\/quartermaster\.example\/u\/[\w-]+/.exec(JSON.stringify(card))?.[0] ?? '');

  expect(cardText(card!)).toContain('Field');
  const draft = await rig.card(chat, 'Show the plan');
  expect(inputsOf(draft.card).connectionId).toBe(unpinned.connection);
});

it('lets a card that was asked for in a team be used in the own chat', async () => {
  const general = await teamWith('Mobile', 'Contoso production');
  await rig.teams.say(adele, general, 'permissions Contoso production');
  const told = await rig.card(chat, 'What');

  const shown = await rig.teams.press(adele, told, 'connection.show', pinOf(told.card, 'connection.show'));

  expect(shown.card && cardText(shown.card)).toContain('Contoso production');
});

it('ends when the role is taken back', async () => {
  const general = await teamWith('Mobile', 'Contoso production');
  await give(general, 'publisher');
  const { message } = await asked('connection Contoso production');
  const card = pinOf(message.card, 'connection.test');

  await rig.teams.say(alex, general, 'roles remove', { people: [adele] });
  const pressed = await rig.teams.press(adele, message, 'publish.start', card);

  expect(pressed.text).toContain('this needs');
});

describe('somebody who has left the team, whose role nobody took back', () => {
  const allPublish = (place: FakePlace) =>
    rig.teams
      .say(alex, place, 'roles')
      .then(() =>
        rig.teams.press(alex, rig.teams.lastMessage(place), 'access.give.save', { to: 'everybody', role: 'publisher' }),
      );

  it.each<[string, (place: FakePlace) => Promise<unknown>]>([
    ['given to them', (place) => give(place, 'admin')],
    ['given to everybody', allPublish],
  ])('has no part in it any more: %s', async (_how, grant) => {
    const general = await teamWith('Mobile', 'Contoso production');
    await grant(general);
    const { message } = await asked('connection Contoso production');
    const data = pinOf(message.card, 'connection.test');
    const { workspace: _, ...unpinned } = data;
    expect(data.workspace).toBe((await rig.workspace(general)).id);

    await rig.teams.leave(general, adele);
    const pinned = await rig.teams.press(adele, message, 'publish.start', data);
    const named = await rig.teams.press(adele, message, 'connection.show', unpinned);
    const spoken = await asked('connection Contoso production');
    const who = await asked('whoami');

    expect(pinned.text).toContain('You have no part in the place');
    expect(named.text).toContain('not known here');
    expect(spoken.text).toContain('There is no connection named Contoso production here.');
    expect(who.text).not.toContain('Mobile');
  });

  it('is let in by nothing while Teams does not say whether they are there', async () => {
    const general = await teamWith('Mobile', 'Contoso production');
    await give(general, 'publisher');
    const { message } = await asked('connection Contoso production');
    const data = pinOf(message.card, 'publish.start');
    await rig.teams.leave(general, rig.teams.person('Somebody else'));

    rig.teams.failNext('member', { status: 403 }, 100);
    const pinned = await rig.teams.press(adele, message, 'publish.start', data);
    const spoken = await asked('connection Contoso production');
    rig.teams.connector.clearFailures();
    const back = await pressButton(rig.teams, adele, message, pinned.card!, 'Back');

    expect(cardText(back.card)).toContain('Connected by');
    expect(said(pinned)).toContain('Teams did not say');
    expect(spoken.text).toContain('There is no connection named Contoso production here.');
    expect((await asked('connection Contoso production')).text).toContain('Connected');
  });

  it('may look and no more where they come back as a guest', async () => {
    const general = await teamWith('Mobile', 'Contoso production');
    await give(general, 'admin');
    const { message } = await asked('connection Contoso production');
    const data = pinOf(message.card, 'connection.test');

    await rig.teams.leave(general, adele);
    general.members.push({ ...adele, userRole: 'guest' });
    const looked = await rig.teams.press(adele, message, 'connection.show', data);
    const published = await rig.teams.press(adele, message, 'publish.start', data);

    expect(looked.card && cardText(looked.card)).toContain('Contoso production');
    expect(published.card).toBeNull();
    expect(published.text).toContain('may look here, no more');
  });
});

it('says which places those are', async () => {
  await give(await teamWith('Mobile', 'Contoso production'), 'approver');

  const { text } = await asked('whoami');

  expect(text).toContain('Mobile');
  expect(text).toContain('approver');
});

/** As the upload page sends a package. */
const upload = async (link: string) => {
  const opened = await fetch(`${rig.url}${new URL(link).pathname}`, { method: 'POST', redirect: 'manual' });
  const cookie = opened.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const ticket = opened.headers.get('location')?.split('/').at(-1);
  const headers = { 'tus-resumable': '1.0.0', cookie };
  const bytes = buildApk();
  const named = { 'upload-length': String(bytes.length), 'upload-metadata': `filename ${btoa('sample.apk')}` };
  const made = await fetch(`${rig.url}/files/${ticket}`, { method: 'POST', headers: { ...headers, ...named } });
  const { pathname } = new URL(made.headers.get('location') ?? '', rig.url);
  const part = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  await fetch(`${rig.url}${pathname}`, {
    method: 'PATCH',
    headers: { ...headers, ...part },
    body: new Uint8Array(bytes),
  });
};

const said = ({ text, card }: Pick<Pressed, 'text' | 'card'>) => text ?? (card === null ? '' : cardText(card));

/** The data of a card’s button, as a client sends it back. */
function pinOf(card: unknown, verb?: string, workspace?: string): Record<string, unknown> {
  const found: Record<string, unknown>[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const entry of node) visit(entry);
    else if (typeof node === 'object' && node !== null) {
      const { type, verb: own, data } = node as { type?: string; verb?: string; data?: Record<string, unknown> };
      if (type === 'Action.Execute' && (verb === undefined || own === verb) && data !== undefined) found.push(data);
      for (const entry of Object.values(node)) visit(entry);
    }
  };
  visit(card);
  const wanted = found.find((data) => workspace === undefined || data.workspace === workspace);
  if (wanted === undefined) throw new Error(`The card has no button ${verb}`);
  return wanted;
}
