import { z } from 'zod';
import type { FileRoute, Turn } from '../../src/dialogs/route.ts';
import { command, verb } from '../../src/dialogs/route.ts';
import { type BotRig, startBotRig } from '../fakes/bot-rig.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { sayCard } from '../fakes/plain-answers.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { commandThat, help, says, shows, showsAlone, verbThat } from './routes.ts';

let rig: BotRig;
let alex: Person;
let megan: Person;
let general: FakePlace;
let chat: FakePlace;
let turns: Turn[];
let runs: number;

const files: FileRoute = {
  kind: 'file',
  permission: 'none',
  handle: async (_turn, file) => says(`got ${file.name} from ${file.downloadUrl}`),
};

const noted = (turn: Turn) => {
  turns.push(turn);
  runs += 1;
};

beforeAll(async () => {
  rig = await startBotRig({
    routes: [
      help,
      files,
      commandThat('note', async (turn, rest) => {
        noted(turn);
        return shows(`noted ${rest}`);
      }),
      command({
        command: 'number',
        usage: 'number <n>',
        summary: 'Takes a number',
        permission: 'none',
        input: z.string().regex(/^\d+$/, 'That is not a number.').transform(Number),
        handle: async (_turn, value) => says(`number ${value + 1}`),
      }),
      verbThat('card.all', async (turn, data) => {
        noted(turn);
        return shows(`for all ${String(data.id)}`);
      }),
      verbThat('card.one', async () => showsAlone('for one')),
      verbThat('card.text', async () => says('a notice')),
      verb({
        verb: 'card.typed',
        permission: 'none',
        data: z.object({ count: z.coerce.number('Count must be a number.') }),
        handle: async (_turn, { count }) => shows(`count ${count + 1}`),
      }),
    ],
  });
});
afterAll(() => rig.close());

beforeEach(async () => {
  const { teams } = rig;
  turns = [];
  runs = 0;
  alex = teams.person('Alex');
  megan = teams.person('Megan');
  ({ general } = teams.team('Mobile', [alex, megan]));
  chat = teams.personalChat(alex);
  await teams.install(general, alex);
  await teams.install(chat, alex);
});

/** A card of the bot to press on. */
const cardIn = async (place: FakePlace): Promise<FakeMessage> => {
  await rig.teams.say(alex, place, 'note x');
  return rig.teams.lastMessage(place);
};

describe('a command', () => {
  it('is answered in the thread it came from', async () => {
    const { message } = await rig.teams.say(alex, general, 'help me');

    expect(rig.teams.lastMessage(general)).toMatchObject({ text: 'help(me)', threadId: message.id });
  });

  it('inside a thread is answered there', async () => {
    const first = await rig.teams.say(alex, general, 'help');
    await rig.teams.say(megan, general, 'help again', { thread: first.message });

    expect(rig.teams.messages(general).map((message) => message.threadId)).toEqual([
      first.message.id,
      first.message.id,
    ]);
  });

  it('gives the handler who, where and what, from the activity', async () => {
    const { message } = await rig.teams.say(alex, general, 'note hello');

    expect(turns[0]).toMatchObject({
      actor: { homeTenantId: rig.teams.homeTenantId, objectId: alex.objectId, name: 'Alex', teamsId: alex.teamsId },
      place: {
        homeTenantId: rig.teams.homeTenantId,
        conversationKind: 'channel',
        conversationId: general.conversationId,
        threadId: message.id,
        serviceUrl: rig.teams.serviceUrl,
      },
      cardMessageId: null,
      trigger: 'message',
      mentions: [],
    });
    expect(await turns[0]!.workspace()).toMatchObject({ kind: 'team', name: 'Mobile', installedBy: alex.objectId });
  });

  it('knows the people it mentions, with their object ids', async () => {
    await rig.teams.say(alex, general, 'note', { people: [megan] });

    expect(turns[0]!.mentions).toEqual([{ teamsId: megan.teamsId, name: 'Megan', objectId: megan.objectId }]);
  });

  it('is sent as a card alone, with a summary', async () => {
    await rig.teams.say(alex, chat, 'note it');

    expect(rig.teams.lastMessage(chat)).toMatchObject({ card: sayCard('noted it'), summary: 'noted it', text: null });
  });

  it('takes typed input', async () => {
    await rig.teams.say(alex, chat, 'number 41');

    expect(rig.teams.lastMessage(chat).text).toBe('number 42');
  });

  it('says what is wrong with its input', async () => {
    await rig.teams.say(alex, chat, 'number many');

    expect(rig.teams.lastMessage(chat).text).toBe('bad input: That is not a number.');
  });

  it('that is unknown gets the nearest', async () => {
    await rig.teams.say(alex, chat, 'hepl');

    expect(rig.teams.lastMessage(chat).text).toBe('unknown "hepl", nearest help');
  });

  it('of nothing but a mention is answered too', async () => {
    await rig.teams.say(alex, general, '');

    expect(rig.teams.lastMessage(general).text).toBe('unknown "", nearest none');
  });

  it('delivered twice runs once', async () => {
    const activityId = rig.teams.world.nextId();
    const [first, second] = await Promise.all([
      rig.teams.say(alex, chat, 'note', { activityId }),
      rig.teams.say(alex, chat, 'note', { activityId }),
    ]);
    const third = await rig.teams.say(alex, chat, 'note', { activityId });

    expect([first.status, second.status, third.status]).toEqual([200, 200, 200]);
    expect(runs).toBe(1);
    expect(rig.teams.messages(chat)).toHaveLength(1);
  });
});

describe('a press', () => {
  it('is answered with HTTP 200 and the card, and the message changes for everybody', async () => {
    const message = await cardIn(general);

    const pressed = await rig.teams.press(alex, message, 'card.all', { id: 7 });

    expect(pressed.status).toBe(200);
    expect(pressed.answer).toEqual({
      statusCode: 200,
      type: 'application/vnd.microsoft.card.adaptive',
      value: sayCard('for all 7'),
    });
    await waitFor(() => message.updates === 1);
    expect(message.card).toEqual(sayCard('for all 7'));
    expect(turns.at(-1)).toMatchObject({ trigger: 'manual', cardMessageId: message.id });
  });

  it('answered for one person leaves the message as it is', async () => {
    const message = await cardIn(general);

    const pressed = await rig.teams.press(alex, message, 'card.one');
    await rig.settled();

    expect(pressed.card).toEqual(sayCard('for one'));
    expect(message.updates).toBe(0);
  });

  it('answered with a text is a notice to the presser', async () => {
    const message = await cardIn(chat);

    const pressed = await rig.teams.press(alex, message, 'card.text');

    expect(pressed.answer).toEqual({
      statusCode: 200,
      type: 'application/vnd.microsoft.activity.message',
      value: 'a notice',
    });
  });

  it.each<[string, 'channel' | 'chat']>([
    ['card.all', 'channel'],
    ['card.one', 'channel'],
    ['card.all', 'chat'],
  ])('of a row in a list opens %s beside it, in a %s', async (verb, where) => {
    const place = where === 'channel' ? general : chat;
    const message = await cardIn(place);
    const before = rig.teams.messages(place).length;

    const pressed = await rig.teams.press(alex, message, verb, { id: 7, beside: true });
    await rig.settled();

    expect(pressed.text).toBe('It is open below.');
    expect(message).toMatchObject({ updates: 0, card: sayCard('noted x') });
    const [opened, ...more] = rig.teams.messages(place).slice(before);
    expect(more).toEqual([]);
    expect(opened).toMatchObject({ threadId: message.threadId });
    expect(opened?.card).toEqual(sayCard(verb === 'card.all' ? 'for all 7' : 'for one'));
  });

  it('beside a list is answered with a notice where there is no card, and not by a refresh', async () => {
    const message = await cardIn(general);
    const before = rig.teams.messages(general).length;

    const told = await rig.teams.press(alex, message, 'card.text', { beside: true });
    const refreshed = await rig.teams.press(alex, message, 'card.all', { beside: true }, { trigger: 'automatic' });
    await rig.settled();

    expect(told.text).toBe('a notice');
    expect(refreshed.card).toEqual(sayCard('for all undefined'));
    expect(rig.teams.messages(general)).toHaveLength(before);
  });

  it('carries inputs and data, typed', async () => {
    const message = await cardIn(chat);

    expect((await rig.teams.press(alex, message, 'card.typed', { count: '41' })).card).toEqual(sayCard('count 42'));
    expect((await rig.teams.press(alex, message, 'card.typed', { count: 'x' })).text).toBe(
      'bad input: Count must be a number.',
    );
  });

  it('of a verb that is no more is answered, not failed', async () => {
    const message = await cardIn(chat);

    const pressed = await rig.teams.press(alex, message, 'gone.verb');

    expect(pressed).toMatchObject({ status: 200, text: 'unknown "", nearest none' });
  });

  it('delivered twice runs once and is answered alike', async () => {
    const message = await cardIn(chat);
    runs = 0;
    const activityId = 'f:same';

    const first = await rig.teams.press(alex, message, 'card.all', { id: 1 }, { activityId });
    const second = await rig.teams.press(alex, message, 'card.all', { id: 1 }, { activityId });

    expect(second.answer).toEqual(first.answer);
    expect(runs).toBe(1);
  });
});

describe('a refresh by the client', () => {
  it('gets a card and sends or updates nothing, ever', async () => {
    const message = await cardIn(general);
    const before = rig.teams.connector.calls.length;

    for (const verb of ['card.all', 'card.one', 'card.text', 'gone.verb'])
      expect((await rig.teams.press(megan, message, verb, {}, { trigger: 'automatic' })).status).toBe(200);
    await rig.settled();

    expect(rig.teams.connector.calls.length).toBe(before);
    expect(turns.at(-1)!.trigger).toBe('automatic');
  });
});

describe('a client that only knows Action.Submit', () => {
  it('gets the new card as an update of the old one', async () => {
    const message = await cardIn(general);

    const told = await rig.teams.submit(alex, message, { verb: 'card.all', id: 3 });

    expect(told.status).toBe(200);
    expect(message).toMatchObject({ updates: 1, card: sayCard('for all 3') });
    expect(turns.at(-1)).toMatchObject({ trigger: 'manual', cardMessageId: message.id });
  });

  it('gets what is for one person in the chat with the bot', async () => {
    const message = await cardIn(general);

    await rig.teams.submit(alex, message, { verb: 'card.one' });

    expect(rig.teams.lastMessage(chat).card).toEqual(sayCard('for one'));
    expect(message.updates).toBe(0);
  });

  it('without such a chat is told how to see it', async () => {
    const message = await cardIn(general);

    await rig.teams.submit(megan, message, { verb: 'card.one' });

    expect(rig.teams.lastMessage(general)).toMatchObject({ mentions: [megan.teamsId], card: null });
  });
});

describe('a file in the chat with the bot', () => {
  it('goes to the file route', async () => {
    await rig.teams.attachFile(alex, { name: 'app.pkg', downloadUrl: 'https://contoso.example/app.pkg?temp=1' });

    expect(rig.teams.lastMessage(chat).text).toBe('got app.pkg from https://contoso.example/app.pkg?temp=1');
  });

  it('but not a picture pasted into a message', async () => {
    const activity = rig.teams.activity(chat, alex, {
      type: 'message',
      attachments: [{ contentType: 'image/*', contentUrl: 'https://x' }],
    });

    await rig.teams.deliver(activity);

    expect(rig.teams.lastMessage(chat).text).toBe('unknown "", nearest none');
  });
});

it('keeps people apart who talk at the same time', async () => {
  const people = Array.from({ length: 6 }, (_, index) => rig.teams.person(`P${index}`));
  const { general: place } = rig.teams.team('Busy', people);
  await rig.teams.install(place, people[0]!);

  const said = await Promise.all(people.map((person) => rig.teams.say(person, place, `help ${person.name}`)));

  for (const [index, { message }] of said.entries()) {
    const answers = rig.teams.messages(place).filter((answer) => answer.threadId === message.id);
    expect(answers.map((answer) => answer.text)).toEqual([`help(P${index})`]);
  }
});

it('answers invokes it does not know with HTTP 200', async () => {
  const told = await rig.teams.deliver(
    rig.teams.activity(chat, alex, { type: 'invoke', name: 'task/fetch', value: {} }),
  );

  expect(told.status).toBe(200);
  expect(JSON.parse(told.raw)).toMatchObject({ statusCode: 501, type: 'application/vnd.microsoft.error' });
});
