import { randomUUID } from 'node:crypto';
import type { Place } from '../../src/access/actor.ts';
import type { Message } from '../../src/dialogs/messenger.ts';
import type { Follow } from '../../src/dialogs/route.ts';
import { type BotRig, startBotRig } from '../fakes/bot-rig.ts';
import { type FakePlace, FakeTeams, type Person } from '../fakes/connector.ts';
import { openTestDatabase } from '../fakes/databases.ts';
import { sayCard } from '../fakes/plain-answers.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { commandThat, help, says, shows } from './routes.ts';

let rig: BotRig;
let alex: Person;
let general: FakePlace;
let follow: Follow;

beforeAll(async () => {
  rig = await startBotRig({
    routes: [
      help,
      commandThat('follow', async (_turn, id) => ({ ...shows('state 0'), follow: { subject: 'job', subjectId: id } })),
      commandThat('large', async () => ({ kind: 'card', card: sayCard('x'.repeat(150_000)), summary: 'large' })),
      commandThat('quick', async () => says('quick')),
    ],
  });
});
afterAll(() => rig.close());

beforeEach(async () => {
  const { teams } = rig;
  alex = teams.person('Alex');
  ({ general } = teams.team('Mobile', [alex]));
  follow = { subject: 'job', subjectId: randomUUID() };
  await teams.install(general, alex);
});

const placeOf = (place: FakePlace, threadId?: string): Place => ({
  homeTenantId: rig.teams.homeTenantId,
  conversationKind: place.kind,
  conversationId: place.conversationId,
  serviceUrl: rig.teams.serviceUrl,
  ...(threadId === undefined ? {} : { threadId }),
});

const send = async (message: Message, key: string = randomUUID()) => {
  await rig.messenger.enqueue(rig.database.db, key, message);
  rig.messenger.nudge();
};
const refresh = (words: string) =>
  rig.messenger.refreshCards(follow, async () => ({ card: sayCard(words), summary: words }));

describe('news that must arrive', () => {
  it('is a reply in the thread that alerts the person', async () => {
    const { message } = await rig.teams.say(alex, general, 'help');

    await send({ kind: 'reply', place: placeOf(general, message.id), text: 'is published.', mention: alex });
    const news = await waitFor(() => rig.teams.messages(general).find((entry) => entry.mentions.length > 0));

    expect(news).toMatchObject({
      threadId: message.id,
      text: '<at>Alex</at> is published.',
      mentions: [alex.teamsId],
    });
  });

  it('goes 1:1 when the thread is gone', async () => {
    const chat = rig.teams.personalChat(alex);
    await rig.teams.install(chat, alex);
    const { message } = await rig.teams.say(alex, general, 'help');
    rig.teams.deleteMessage(message);

    await send({ kind: 'reply', place: placeOf(general, message.id), text: 'is published.', mention: alex });

    await waitFor(() => rig.teams.messages(chat).some((entry) => entry.text === 'is published.'));
  });

  it('goes to the channel when the thread is gone and there is no chat', async () => {
    const { message } = await rig.teams.say(alex, general, 'help');
    rig.teams.deleteMessage(message);

    await send({ kind: 'reply', place: placeOf(general, message.id), text: 'is published.', mention: alex });

    await waitFor(() => rig.teams.messages(general).some((entry) => entry.mentions.includes(alex.teamsId)));
  });

  it('goes 1:1 when the bot was put out of the place, and the place is not tried again', async () => {
    const chat = rig.teams.personalChat(alex);
    await rig.teams.install(chat, alex);
    general.botInside = false;

    await send({ kind: 'reply', place: placeOf(general), text: 'first.', mention: alex });
    await waitFor(() => rig.teams.messages(chat).some((entry) => entry.text === 'first.'));
    const before = rig.teams.connector.calls.length;
    await send({ kind: 'reply', place: placeOf(general), text: 'second.', mention: alex });
    await waitFor(() => rig.teams.messages(chat).some((entry) => entry.text === 'second.'));

    expect(rig.teams.connector.calls.slice(before).map((call) => call.status)).toEqual([201]);
  });

  it('arrives once although the connection is cut after it arrived', async () => {
    rig.teams.failNext('send', { cut: 'afterEffect' }, 4);
    const key = randomUUID();

    await send({ kind: 'card', place: placeOf(general), card: sayCard('outcome'), summary: 'outcome' }, key);
    await waitFor(() => rig.logged.find((line) => line.key === key));
    await send({ kind: 'reply', place: placeOf(general), text: 'next' });

    expect(rig.teams.messages(general).filter((entry) => entry.summary === 'outcome')).toHaveLength(1);
    rig.teams.connector.clearFailures();
  });

  it.each([412, 429, 502, 503, 504])('arrives after a %i', async (status) => {
    rig.teams.failNext('send', { status, retryAfter: 1 });
    const text = `after ${status}`;

    await send({ kind: 'reply', place: placeOf(general), text });

    await waitFor(() => rig.teams.messages(general).some((entry) => entry.text === text));
  });
});

describe('the SDK’s own habits', () => {
  it('one failed send is one request', async () => {
    const before = rig.teams.connector.countOf('send');
    rig.teams.failNext('send', { status: 500 });

    await rig.teams.say(alex, general, 'quick');
    await rig.settled();

    expect(rig.teams.connector.countOf('send')).toBe(before + 1);
    expect(rig.teams.messages(general)).toHaveLength(0);
  });

  it('a redirect is not followed with the bot’s token', async () => {
    const before = rig.teams.connector.calls.length;
    rig.teams.failNext('send', { status: 307, location: `${rig.teams.serviceUrl}v3/elsewhere` });

    await rig.teams.say(alex, general, 'quick');
    await rig.settled();

    expect(rig.teams.connector.calls.slice(before).map((call) => call.status)).toEqual([307]);
  });

  it('the bot’s token is fetched once and not for each turn', async () => {
    for (let turn = 0; turn < 3; turn += 1) await rig.teams.say(alex, general, 'quick');

    expect(rig.teams.connector.countOf('login')).toBe(1);
  });
});

describe('a live card', () => {
  const liveCard = async () => {
    await rig.teams.say(alex, general, `follow ${follow.subjectId}`);
    return rig.teams.lastMessage(general);
  };

  it('follows its subject', async () => {
    const message = await liveCard();

    refresh('state 1');
    await waitFor(() => message.updates === 1);

    expect(message.card).toEqual(sayCard('state 1'));
  });

  it('that was sent by a stored message follows too', async () => {
    await send({ kind: 'card', place: placeOf(general), card: sayCard('sent'), summary: 'sent', follow });
    const message = await waitFor(() => rig.teams.messages(general).find((entry) => entry.summary === 'sent'));
    await waitFor(async () =>
      (await rig.database.db.query.liveCards.findMany()).some((row) => row.activityId === message.id),
    );

    refresh('state 1');

    await waitFor(() => message.updates === 1);
  });

  it('that is gone is sent again, once, and followed under its new id', async () => {
    const message = await liveCard();
    rig.teams.deleteMessage(message);

    refresh('state 1');
    const again = await waitFor(() => rig.teams.messages(general).find((entry) => entry.summary === 'state 1'));
    refresh('state 2');
    await waitFor(() => again.updates === 1);

    expect(rig.teams.messages(general)).toEqual([again]);
    expect(again.threadId).toBe(message.threadId);
    expect(again.card).toEqual(sayCard('state 2'));
  });

  it('that is gone is found by an update that knows its old id', async () => {
    const message = await liveCard();
    rig.teams.deleteMessage(message);
    const update = (words: string): Message => ({
      kind: 'update',
      place: placeOf(general, message.threadId ?? ''),
      activityId: message.id,
      card: sayCard(words),
      summary: words,
      follow,
    });

    await send(update('state 1'));
    const again = await waitFor(() => rig.teams.messages(general).find((entry) => entry.summary === 'state 1'));
    await send(update('state 2'));
    await waitFor(() => again.updates === 1);

    expect(rig.teams.messages(general)).toEqual([again]);
  });

  it('is updated again when the answer to an update was lost', async () => {
    const message = await liveCard();
    rig.teams.failNext('update', { cut: 'afterEffect' });

    refresh('state 1');
    await waitFor(() => message.updates === 2);

    expect(rig.teams.messages(general)).toEqual([message]);
  });

  it('in a place the bot left is left alone', async () => {
    const message = await liveCard();
    await rig.teams.uninstall(general, alex);
    const before = rig.teams.connector.calls.length;
    let rendered = false;
    rig.messenger.refreshCards(follow, async () => {
      rendered = true;
      return { card: sayCard('x'), summary: 'x' };
    });
    await rig.settled();

    expect(rendered).toBe(false);
    expect(message.updates).toBe(0);
    expect(rig.teams.connector.calls.length).toBe(before);
  });
});

it('says so when a card is too large for Teams', async () => {
  await rig.teams.say(alex, general, 'large');

  const { card } = rig.teams.lastMessage(general);
  expect(JSON.stringify(card)).toContain('larger than Teams takes');
  expect(rig.logged).toContainEqual(expect.objectContaining({ msg: 'A card was too large for Teams' }));
});

it('stays inside Teams’ limits however much there is to say', async () => {
  await Promise.all(
    Array.from({ length: 12 }, (_, index) => send({ kind: 'reply', place: placeOf(general), text: `n${index}` })),
  );

  const before = rig.teams.connector.calls.length;
  await waitFor(() => rig.teams.messages(general).length === 12);

  expect(rig.teams.connector.calls.slice(before).filter((call) => call.status !== 201)).toEqual([]);
});

describe('a restart', () => {
  it('loses nothing that was promised and sends nothing twice', async () => {
    const teams = await FakeTeams.start();
    const database = await openTestDatabase();
    const person = teams.person('Alex');
    const chat = teams.personalChat(person);
    const first = await startBotRig({ teams, database, routes: [help] });
    await teams.install(chat, person);
    await first.stop();
    const place: Place = {
      homeTenantId: teams.homeTenantId,
      conversationKind: 'personal',
      conversationId: chat.conversationId,
      serviceUrl: teams.serviceUrl,
    };
    for (const word of ['one', 'two', 'three'])
      await first.messenger.enqueue(database.db, word, { kind: 'reply', place, text: word });

    const second = await startBotRig({ teams, database, routes: [help] });
    await waitFor(() => teams.messages(chat).length === 3);
    await second.close();
    const third = await startBotRig({ teams, database, routes: [help] });
    await third.close();

    // Sends run side by side; their order is not promised.
    expect(
      teams
        .messages(chat)
        .map((message) => message.text)
        .sort(),
    ).toEqual(['one', 'three', 'two']);
    await teams.close();
    await database.close();
  });
});
