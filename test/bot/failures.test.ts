import { ProblemError, problem } from '../../src/problems/problem.ts';
import { type BotRig, startBotRig } from '../fakes/bot-rig.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { openTestDatabase } from '../fakes/databases.ts';
import { sayCard } from '../fakes/plain-answers.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { commandThat, echo, help, says, shows, showsAlone, verbThat } from './routes.ts';

let rig: BotRig;
let alex: Person;
let chat: FakePlace;
let general: FakePlace;
let open: () => void;
let gate: Promise<void>;
let signals: AbortSignal[];

beforeAll(async () => {
  rig = await startBotRig({
    routes: [
      help,
      commandThat('card', async () => shows('card')),
      commandThat('break', async () => {
        throw new Error('secret detail', { cause: new Error('the root of it') });
      }),
      commandThat('explain', async () => {
        throw new ProblemError('networkDown');
      }),
      commandThat('slow', async () => {
        await gate;
        return says('slow answer');
      }),
      verbThat('break', async () => {
        throw new Error('secret detail');
      }),
      verbThat('slow.card', async (turn) => {
        signals.push(turn.signal);
        await gate;
        return shows('slow card');
      }),
      verbThat('slow.alone', async () => {
        await gate;
        return showsAlone('slow alone');
      }),
      verbThat('slow.text', async () => {
        await gate;
        return says('slow text');
      }),
      verbThat('slow.break', async () => {
        await gate;
        throw new ProblemError('networkDown');
      }),
    ],
  });
});
afterAll(() => rig.close());

beforeEach(async () => {
  const { teams } = rig;
  signals = [];
  gate = new Promise((resolve) => {
    open = resolve;
  });
  alex = teams.person('Alex');
  chat = teams.personalChat(alex);
  ({ general } = teams.team('Mobile', [alex]));
  await teams.install(general, alex);
  await teams.install(chat, alex);
});

const textOf = (card: unknown) => (card as ReturnType<typeof sayCard>).body[0]!.text as string;
const cardIn = async (place: FakePlace) => {
  await rig.teams.say(alex, place, 'card');
  return rig.teams.lastMessage(place);
};

describe('a handler that fails', () => {
  it('shows a reference, and the log has the cause under it', async () => {
    const { status } = await rig.teams.say(alex, chat, 'break');

    const said = textOf(rig.teams.lastMessage(chat).card);
    const [, code, reference] = /^failed (\w+) (\w{8})$/.exec(said) ?? [];
    const line = rig.logged.find((entry) => entry.reference === reference);
    expect(status).toBe(200);
    expect(code).toBe('unexpected');
    expect(line).toMatchObject({
      route: 'break',
      err: { message: 'secret detail', cause: { message: 'the root of it' } },
    });
  });

  it('on a press is a card for the presser, with HTTP 200', async () => {
    const message = await cardIn(general);

    const pressed = await rig.teams.press(alex, message, 'break');
    await rig.settled();

    expect(pressed).toMatchObject({ status: 200, answer: { statusCode: 200 } });
    expect(textOf(pressed.card)).toMatch(/^failed unexpected \w{8}$/);
    expect(pressed.raw).not.toContain('secret detail');
    expect(message.updates).toBe(0);
  });

  it('explains a problem of the catalogue', async () => {
    await rig.teams.say(alex, chat, 'explain');

    expect(rig.teams.lastMessage(chat)).toMatchObject({ summary: problem('networkDown').title });
  });
});

describe('a handler that takes long', () => {
  it('is answered in time and updates the card for everybody when it is done', async () => {
    const message = await cardIn(general);

    const pressed = await rig.teams.press(alex, message, 'slow.card');
    expect(textOf(pressed.card)).toBe('still working');
    expect(message.updates).toBe(0);
    open();
    await waitFor(() => message.updates === 1);

    expect(message.card).toEqual(sayCard('slow card'));
  });

  it('sends what is for one person to that person', async () => {
    const message = await cardIn(general);

    await rig.teams.press(alex, message, 'slow.alone');
    open();
    await rig.settled();

    expect(rig.teams.lastMessage(chat).card).toEqual(sayCard('slow alone'));
    expect(message.updates).toBe(0);
  });

  it('says a late notice, and a late problem, to that person', async () => {
    const message = await cardIn(chat);

    await Promise.all([rig.teams.press(alex, message, 'slow.text'), rig.teams.press(alex, message, 'slow.break')]);
    open();
    await rig.settled();

    const late = rig.teams.messages(chat).slice(-2);
    expect(late.map((entry) => entry.text ?? textOf(entry.card)).sort()).toEqual([
      expect.stringMatching(/^failed networkDown/),
      'slow text',
    ]);
  });

  it('for a refresh sends nothing, ever', async () => {
    const message = await cardIn(general);
    const before = rig.teams.connector.calls.length;

    await rig.teams.press(alex, message, 'slow.card', {}, { trigger: 'automatic' });
    open();
    await rig.settled();

    expect(rig.teams.connector.calls.length).toBe(before);
  });

  it('on a command is a 200 in time and an answer later', async () => {
    const { status } = await rig.teams.say(alex, chat, 'slow');
    expect(status).toBe(200);
    expect(rig.teams.messages(chat)).toHaveLength(0);
    open();
    await rig.settled();

    expect(rig.teams.lastMessage(chat).text).toBe('slow answer');
  });
});

describe('while the database is away', () => {
  it('help works and everything else is explained', async () => {
    const database = await openTestDatabase();
    const away = await startBotRig({
      database,
      routes: [help, echo('look', 'look'), verbThat('do', async () => shows('done'), 'publish')],
    });
    const person = away.teams.person('Alex');
    const place = away.teams.personalChat(person);
    place.botInside = true;
    await database.close();

    await away.teams.say(person, place, 'help');
    const message = away.teams.lastMessage(place);
    await away.teams.say(person, place, 'look');
    const pressed = await away.teams.press(person, message, 'do');

    expect(message.text).toBe('help()');
    expect(textOf(away.teams.lastMessage(place).card)).toMatch(/^failed databaseAway \w{8}$/);
    expect(textOf(pressed.card)).toMatch(/^failed databaseAway \w{8}$/);
    await away.close();
  });
});
