import { cardText } from '../fakes/card-check.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';

let rig: ProductRig;
let alex: Person;
let chat: FakePlace;

beforeAll(async () => {
  rig = await ProductRig.start();
  alex = rig.teams.person('Alex Wilber');
  chat = rig.teams.personalChat(alex);
  await rig.teams.install(chat, alex);
});

afterAll(() => rig.close());

const answer = async (said: string) => {
  await rig.teams.say(alex, chat, said);
  const { card } = rig.teams.lastMessage(chat);
  return card === null ? '' : cardText(card);
};

it.each([
  ['help', 'What you can type'],
  ['HELP', 'What you can type'],
  ['  help  ', 'What you can type'],
  ['help intune', 'mobile device management'],
  ['help publish', 'It needs the publisher role, or an own role with “Publish apps”.'],
  ['help nonsense', 'What you can type'],
  ['help terms', 'Setting Name (Appcircle)'],
  ['', 'without a command'],
  ['conections', 'Did you mean **connections**'],
  ['pubish https://x.example/a.apk', 'Did you mean **publish'],
  ['tell me a joke', 'You typed: tell me a joke'],
])('answers “%s”', async (said, expected) => {
  expect(await answer(said)).toContain(expected);
});

it('lists every command once, with what it does', async () => {
  const words = await answer('help');

  for (const usage of [
    'connect',
    'connections',
    'connection <name>',
    'permissions <connection> [for <purpose>]',
    'publish [https link]',
    'jobs',
    'job <id>',
    'cancel <id>',
    'whoami',
  ])
    expect(words.split('\n').filter((line) => line.replaceAll('\\', '') === usage)).toHaveLength(1);
});

it('needs no query for help', async () => {
  await answer('help');
  let queries = 0;
  const { db } = rig.database as unknown as { db: { session: { prepareQuery: (...args: unknown[]) => unknown } } };
  const prepare = db.session.prepareQuery;
  db.session.prepareQuery = function (...args: unknown[]) {
    // The outbox looks for due messages by itself, whatever is said.
    if (!/"outbox"/.test((args[0] as { sql: string }).sql)) queries += 1;
    return prepare.apply(this, args);
  };
  try {
    await answer('connections');
    expect(queries).toBeGreaterThan(0);
    queries = 0;

    await answer('help');

    expect(queries).toBe(0);
  } finally {
    db.session.prepareQuery = prepare;
  }
});
