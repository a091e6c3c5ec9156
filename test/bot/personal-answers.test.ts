import type { Card } from '../../src/cards/card.ts';
import { type BotRig, startBotRig } from '../fakes/bot-rig.ts';
import { cardFaults } from '../fakes/card-check.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { sayCard } from '../fakes/plain-answers.ts';
import { commandThat, says, showsAlone } from './routes.ts';

let rig: BotRig;
let adele: Person;
let alex: Person;
let general: FakePlace;
let runs: number;

beforeAll(async () => {
  rig = await startBotRig({
    routes: [
      commandThat('mine', async (turn, rest) => {
        runs += 1;
        return showsAlone(`${turn.actor.name} ${rest} ${turn.trigger}`);
      }),
      commandThat('loud', async () => says('for everybody')),
      commandThat('secret', async () => showsAlone('secret'), 'administer'),
    ],
  });
});
afterAll(() => rig.close());

beforeEach(async () => {
  const { teams } = rig;
  runs = 0;
  adele = teams.person('Adele');
  alex = teams.person('Alex');
  ({ general } = teams.team('Mobile', [adele, alex]));
  await teams.install(general, alex);
});

const askAgain = (card: Card | null) => {
  const action = card?.refresh?.action as { verb: string; data: Record<string, unknown> } | undefined;
  return { verb: action?.verb ?? '', data: action?.data ?? {} };
};

it('stays in the chat with the bot where it was asked there', async () => {
  const chat = rig.teams.personalChat(adele);
  await rig.teams.install(chat, adele);

  await rig.teams.say(adele, chat, 'mine x');

  expect(rig.teams.lastMessage(chat).card).toEqual(sayCard('Adele x message'));
});

it('asked in a channel goes to the chat of that person, and the channel hears so', async () => {
  const chat = rig.teams.personalChat(adele);
  await rig.teams.install(chat, adele);

  const { message } = await rig.teams.say(adele, general, 'mine x');

  expect(rig.teams.lastMessage(chat).card).toEqual(sayCard('Adele x message'));
  expect(rig.teams.lastMessage(general)).toMatchObject({ text: 'I sent it to you in our chat.', threadId: message.id });
});

it('goes to the channel as a card to press where the chat shut the bot out', async () => {
  const chat = rig.teams.personalChat(adele);
  await rig.teams.install(chat, adele);
  chat.botInside = false;

  await rig.teams.say(adele, general, 'mine x');

  expect(rig.teams.lastMessage(general).card?.refresh?.userIds).toEqual([adele.teamsId]);
});

describe('for somebody without a chat with the bot', () => {
  it('stands in the thread as a card that shows the answer to that person alone', async () => {
    await rig.teams.say(adele, general, 'mine connection name');
    const message = rig.teams.lastMessage(general);
    const { verb, data } = askAgain(message.card);

    expect(JSON.stringify(message.card)).not.toContain('Adele connection name');
    expect(message.card?.refresh?.userIds).toEqual([adele.teamsId]);
    const refreshed = await rig.teams.press(adele, message, verb, data, { trigger: 'automatic' });
    const pressed = await rig.teams.press(adele, message, verb, data);
    await rig.settled();

    expect(refreshed.card).toEqual(sayCard('Adele connection name automatic'));
    expect(pressed.card).toEqual(sayCard('Adele connection name manual'));
    expect(message.updates).toBe(0);
    expect(rig.teams.messages(general)).toHaveLength(1);
  });

  it('is a valid card with a button beside the refresh', async () => {
    await rig.teams.say(adele, general, 'mine');

    const { card } = rig.teams.lastMessage(general);
    expect(cardFaults(card!)).toEqual([]);
    expect(card!.actions).toMatchObject([{ type: 'Action.Execute', title: 'Show me' }]);
  });

  it('does not show it to somebody else', async () => {
    await rig.teams.say(adele, general, 'mine');
    const message = rig.teams.lastMessage(general);
    const { verb, data } = askAgain(message.card);
    runs = 0;

    const pressed = await rig.teams.press(alex, message, verb, data);

    expect(pressed.text).toMatch(/for the person who asked/);
    expect(runs).toBe(0);
  });

  it('gives nobody more than the command itself would', async () => {
    await rig.teams.say(alex, general, 'mine');
    const message = rig.teams.lastMessage(general);

    const pressed = await rig.teams.press(adele, message, 'turn.again', { text: 'secret', asker: adele.objectId });

    expect(pressed.text).toBe('refused administer, admins: Alex');
  });

  it.each([{}, { text: 5, asker: 'x' }, { text: 'x'.repeat(3_000), asker: 'x' }])(
    'takes no other data: %j',
    async (data) => {
      await rig.teams.say(adele, general, 'mine');

      const pressed = await rig.teams.press(adele, rig.teams.lastMessage(general), 'turn.again', data);

      expect(pressed.text).toBe('unknown "", nearest none');
    },
  );
});
