import { type BotRig, startBotRig } from '../fakes/bot-rig.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { help, shows } from './routes.ts';

let rig: BotRig;
let alex: Person;
let general: FakePlace;
let welcomed: { name: string; trigger: string }[];

beforeAll(async () => {
  rig = await startBotRig({
    routes: [
      help,
      {
        kind: 'install',
        handle: async (turn) => {
          welcomed.push({ name: turn.actor.name, trigger: turn.trigger });
          const { kind, name } = await turn.workspace();
          return shows(`welcome to ${kind} ${name}`);
        },
      },
    ],
  });
});
afterAll(() => rig.close());

beforeEach(() => {
  const { teams } = rig;
  welcomed = [];
  alex = teams.person('Alex');
  ({ general } = teams.team('Mobile', [alex]));
});

const keyOf = (place: FakePlace) => ({
  homeTenantId: rig.teams.homeTenantId,
  kind: 'team' as const,
  teamsKey: place.team!.id,
  name: null,
});

it('is welcomed once, although two events tell of it', async () => {
  await rig.teams.install(general, alex);
  await rig.settled();

  expect(rig.teams.messages(general).map((message) => message.summary)).toEqual(['welcome to team Mobile']);
  expect(welcomed).toEqual([{ name: 'Alex', trigger: 'message' }]);
});

it('makes the installer the first admin, with the name the roster gives', async () => {
  await rig.teams.install(general, alex);

  const workspace = await rig.workspaces.find(keyOf(general));
  expect(workspace).toMatchObject({ kind: 'team', installedBy: alex.objectId });
  expect(await rig.roles.adminsOf(workspace)).toEqual(['Alex']);
});

it('says welcome again after it was removed and came back, and the admins stay who they were', async () => {
  const megan = rig.teams.person('Megan');
  general.members.push(megan);
  await rig.teams.install(general, alex);
  await rig.teams.uninstall(general, alex);
  await rig.teams.install(general, megan);
  await rig.settled();

  expect(rig.teams.messages(general)).toHaveLength(2);
  const workspace = await rig.workspaces.find(keyOf(general));
  expect(workspace.installedBy).toBe(alex.objectId);
  expect(
    await rig.access.can({ homeTenantId: megan.tenantId, objectId: megan.objectId }, workspace, 'administer'),
  ).toBe(false);
});

it('does not take a new version of the app for a removal or an installation', async () => {
  await rig.teams.install(general, alex);
  for (const action of ['remove-upgrade', 'add-upgrade'])
    await rig.teams.deliver(rig.teams.activity(general, alex, { type: 'installationUpdate', action }));

  await rig.teams.say(alex, general, 'help');

  expect(rig.teams.messages(general)).toHaveLength(2);
});

const placeOf = (place: FakePlace) => ({
  homeTenantId: rig.teams.homeTenantId,
  conversationKind: 'channel' as const,
  conversationId: place.conversationId,
  serviceUrl: rig.teams.serviceUrl,
});

const enqueue = (key: string, place = placeOf(general)) =>
  rig.messenger.enqueue(rig.database.db, key, { kind: 'reply', place, text: key });

it('sends nothing to a place it was removed from, and again when it is back', async () => {
  await rig.teams.install(general, alex);
  await rig.teams.uninstall(general, alex);
  general.botInside = true;
  await enqueue('lost');
  rig.messenger.nudge();
  await waitFor(() => rig.logged.find((line) => line.key === 'lost'));
  expect(rig.teams.messages(general).map((message) => message.text)).not.toContain('lost');

  await rig.teams.install(general, alex);
  await enqueue('kept');
  rig.messenger.nudge();

  await waitFor(() => rig.teams.messages(general).some((message) => message.text === 'kept'));
});

it('hears from all channels of a team again when it is back', async () => {
  const releases = rig.teams.channel(general.team!, 'Releases');
  await rig.teams.install(general, alex);
  await rig.teams.say(alex, releases, 'help');
  await rig.settled();
  await rig.teams.uninstall(general, alex);
  await rig.teams.install(general, alex);

  await enqueue('news', placeOf(releases));
  rig.messenger.nudge();

  await waitFor(() => rig.teams.messages(releases).some((message) => message.text === 'news'));
});

it('leaves a shared channel that lets it out, and only that', async () => {
  const shared = rig.teams.channel(general.team!, 'Partners', 'shared');
  await rig.teams.install(general, alex);
  await rig.teams.say(alex, shared, 'help');
  await rig.settled();
  const bot = { id: `28:${rig.teams.bot.appId}` };
  await rig.teams.deliver(rig.teams.activity(shared, alex, { type: 'conversationUpdate', membersRemoved: [bot] }));

  await enqueue('to shared', placeOf(shared));
  await enqueue('to general');
  rig.messenger.nudge();

  await waitFor(() => rig.teams.messages(general).some((message) => message.text === 'to general'));
  await waitFor(() => rig.logged.find((line) => line.key === 'to shared'));
  expect(rig.teams.messages(shared).map((message) => message.text)).not.toContain('to shared');
});

it('takes no notice of other people who come and go', async () => {
  await rig.teams.install(general, alex);
  const told = await rig.teams.deliver(
    rig.teams.activity(general, alex, { type: 'conversationUpdate', membersAdded: [{ id: '29:somebody' }] }),
  );

  expect(told.status).toBe(200);
  expect(rig.teams.messages(general)).toHaveLength(1);
});

it('remembers a place by a message, without an installation event', async () => {
  const megan = rig.teams.person('Megan');
  const chat = rig.teams.personalChat(megan);
  chat.botInside = true;
  await rig.teams.say(megan, chat, 'help');
  await rig.settled();
  general.botInside = true;

  await rig.messenger.enqueue(rig.database.db, `mention-${megan.objectId}`, {
    kind: 'reply',
    place: { ...placeOf(general), threadId: '404' },
    text: 'done',
    mention: megan,
  });
  rig.messenger.nudge();

  await waitFor(() => rig.teams.messages(chat).some((message) => message.text === 'done'));
});
