import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { StoredConnection } from '../../src/connections/connection.ts';
import type { CommandRoute, Route, VerbRoute } from '../../src/dialogs/route.ts';
import { cardText } from '../fakes/card-check.ts';
import { type FakeMessage, type FakePlace, FakeTeams, type Person, type Team } from '../fakes/connector.ts';
import { createFastClock } from '../fakes/fast-clock.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { openRoutes, routeRows } from './route-rows.ts';
import { idsOf, type Known, sampleData } from './sample-data.ts';
import { makeThings } from './things.ts';

/** Stands in everything the first team owns; nobody else may ever read it. */
const mark = 'Zanzibar';
const secondTenant = '99999999-aaaa-4aaa-8aaa-000000000009';

let rig: ProductRig;
let teams: FakeTeams;
let owner: Person;
let viewer: Person;
let stranger: Person;
let foreigner: Person;
let ours: { team: Team; general: FakePlace };
let lenders: { team: Team; general: FakePlace };
let theirs: { team: Team; general: FakePlace };
let known: Known;
let source: StoredConnection;
let workspaceId: string;
let verbs: VerbRoute[];
let commands: CommandRoute[];
let routes: readonly Route[];

beforeAll(async () => {
  const tara = randomUUID();
  teams = await FakeTeams.start({ clock: createFastClock() });
  rig = await ProductRig.start({
    teams,
    config: {
      allowedHomeTenants: [teams.homeTenantId, secondTenant],
      administrators: [{ homeTenantId: secondTenant, objectId: tara }],
    },
  });
  owner = rig.teams.person(`Olga ${mark}`);
  viewer = rig.teams.person('Vera Viewer');
  stranger = rig.teams.person('Sam Stranger');
  foreigner = rig.teams.person('Tara Foreign', { tenantId: secondTenant, objectId: tara });
  ours = rig.teams.team('Ours', [owner, viewer, foreigner]);
  theirs = rig.teams.team('Theirs', [stranger]);
  lenders = rig.teams.team('Lenders', [owner]);
  await rig.teams.install(ours.general, owner);
  await rig.teams.install(theirs.general, stranger);
  await rig.teams.install(lenders.general, owner);
  await rig.teams.install(rig.teams.personalChat(stranger), stranger);
  await rig.connect(owner, ours.general, `${mark} production`);
  ({ id: workspaceId } = await rig.workspace(ours.general));
  const [connection] = await rig.service.parts.connections.list(workspaceId);
  if (connection === undefined) throw new Error('The first team has no connection');
  source = connection;
  known = await things();
  ({ routes } = rig.service.parts.bot);
  verbs = routes.filter((route) => route.kind === 'verb');
  commands = routes.filter((route) => route.kind === 'command');
});

afterAll(async () => {
  await rig.close();
  await teams.close();
});

async function things(): Promise<Known> {
  const workspace = await rig.service.parts.workspaces.byId(workspaceId);
  const [app] = rig.cloud.state.apps(source.tenantId);
  if (workspace === null || app === undefined) throw new Error('There is no workspace or no app');
  const { id: lender } = await rig.workspace(lenders.general);
  const place = { conversationId: ours.general.conversationId, serviceUrl: rig.teams.serviceUrl };
  const { queue, db } = rig.database;
  return makeThings(db, { workspace, connection: source, owner, place, mark, appId: app.id, lender, queue });
}

const dataFor = (route: VerbRoute, things: Known = known): Record<string, unknown> => ({
  ...sampleData(route.data, things),
  ...routeRows[route.verb]?.(things),
});

const asksForMore = (route: { permission: string }) => route.permission !== 'none' && route.permission !== 'look';

const wordsFor = ({ command, about }: CommandRoute) => {
  if (about === 'connection') return `${command} ${mark} production`;
  return about === 'job' ? `${command} ${known.number}` : command;
};

/** Each command in a channel of its own, so that no rate limit makes it wait. */
const channelOf = ({ team }: { team: Team }, name: string) => rig.teams.channel(team, name);

const newest = (place: FakePlace): string =>
  rig.teams
    .messages(place)
    .slice(-1)
    .map(({ text, card }) => `${text ?? ''} ${card === null ? '' : cardText(card)}`)
    .join();

const answerTo = async (person: Person, message: FakeMessage, verb: string, data: Record<string, unknown>) => {
  const pressed = await rig.teams.press(person, message, verb, data);
  return { status: pressed.status, words: pressed.card === null ? (pressed.text ?? '') : cardText(pressed.card) };
};

/** Every row that belongs to the first team, but for its audit, which tells of refusals. */
async function belongings(): Promise<string> {
  const { db } = rig.database;
  const found = await db.execute(
    sql`select table_name from information_schema.columns where column_name = 'workspace_id' and table_schema = 'public' order by 1`,
  );
  const tables = (found as unknown as { rows: { table_name: string }[] }).rows.map((row) => row.table_name);
  const parts: string[] = [];
  for (const table of tables.filter((name) => name !== 'audit_rows' && name !== 'conversations')) {
    const rows = await db.execute(
      sql`select coalesce(json_agg(t order by t::text), '[]')::text as rows from ${sql.identifier(table)} t where workspace_id = ${workspaceId}`,
    );
    parts.push(`${table}: ${(rows as unknown as { rows: { rows: string }[] }).rows[0]?.rows}`);
  }
  return parts.join('\n');
}

describe('the route table', () => {
  it('lets everybody use only what was meant for everybody', () => {
    const open = routes
      .filter((route) => !('permission' in route) || route.permission === 'none')
      .map((route) => (route.kind === 'verb' ? route.verb : route.kind === 'command' ? route.command : route.kind));

    expect(open.toSorted()).toEqual([...openRoutes].toSorted());
  });

  it('has data that each verb understands, and no row for a verb that is gone', () => {
    const unread = verbs.filter((route) => !route.data.safeParse(dataFor(route)).success).map(({ verb }) => verb);
    const gone = Object.keys(routeRows).filter((name) => !verbs.some(({ verb }) => verb === name));

    expect({ unread, gone }).toEqual({ unread: [], gone: [] });
  });

  it('is tried with a thing of the first team for every id that a verb takes', () => {
    const strange = verbs.flatMap((route) =>
      idsOf(route.data)
        .filter((name) => !(name in known))
        .map((name) => `${route.verb}: ${name}`),
    );

    expect(strange).toEqual([]);
  });
});

describe('somebody without the permission', () => {
  it('is refused by every verb that does more than look, and changes nothing', async () => {
    const message = rig.teams.lastMessage(ours.general);
    const before = await belongings();
    const letIn: string[] = [];
    for (const route of verbs.filter(asksForMore)) {
      const { words } = await answerTo(viewer, message, route.verb, dataFor(route));
      if (!/this needs the \w+ role/.test(words)) letIn.push(`${route.verb}: ${words.slice(0, 80)}`);
    }

    expect(letIn).toEqual([]);
    expect(await belongings()).toBe(before);
  });

  it('is refused by every command that does more than look, and changes nothing', async () => {
    const before = await belongings();
    const letIn: string[] = [];
    for (const route of commands.filter(asksForMore)) {
      const channel = channelOf(ours, route.command);
      await rig.teams.say(viewer, channel, wordsFor(route));
      const words = newest(channel);
      if (!/this needs the \w+ role/.test(words)) letIn.push(`${route.command}: ${words.slice(0, 80)}`);
    }

    expect(letIn).toEqual([]);
    expect(await belongings()).toBe(before);
  });
});

describe('somebody whom Teams does not name', () => {
  it('may not even look', async () => {
    const before = await belongings();
    const letIn: string[] = [];
    const nameless = { id: `29:${randomUUID()}`, name: 'Nobody' };
    for (const route of verbs.filter(({ permission }) => permission !== 'none')) {
      const value = { action: { type: 'Action.Execute', verb: route.verb, data: dataFor(route) }, trigger: 'manual' };
      const press = { type: 'invoke', name: 'adaptiveCard/action', value, from: nameless };
      const { raw } = await rig.teams.deliver(rig.teams.activity(ours.general, viewer, press));
      if (!raw.includes('guests and people of other organisations')) letIn.push(`${route.verb}: ${raw.slice(0, 80)}`);
    }

    expect(letIn).toEqual([]);
    expect(await belongings()).toBe(before);
  });
});

describe('an admin of another workspace', () => {
  it('gets nothing of this one by any verb, whatever ids are sent', async () => {
    const message = rig.teams.lastMessage(theirs.general);
    const before = await belongings();
    const leaks: string[] = [];
    for (const route of verbs) {
      const { words } = await answerTo(stranger, message, route.verb, dataFor(route));
      if (words.includes(mark) || /this needs the \w+ role/.test(words)) leaks.push(`${route.verb}: ${words}`);
    }

    expect(leaks).toEqual([]);
    expect(await belongings()).toBe(before);
  });

  it('gets nothing of it from their own chat either, whatever place a card names', async () => {
    const chat = rig.teams.personalChat(stranger);
    await rig.teams.say(stranger, chat, 'help');
    const message = rig.teams.lastMessage(chat);
    const before = await belongings();
    const leaks: string[] = [];
    for (const route of verbs.filter(({ permission }) => permission !== 'none'))
      for (const data of [dataFor(route), { ...dataFor(route), workspace: workspaceId }]) {
        const { words } = await answerTo(stranger, message, route.verb, data);
        const isRefused = words.includes('You have no part in the place');
        if (words.includes(mark) || ('workspace' in data && !isRefused)) leaks.push(`${route.verb}: ${words}`);
      }

    expect(leaks).toEqual([]);
    expect(await belongings()).toBe(before);
  });

  it('gets nothing of this one by any command, whatever names are typed', async () => {
    const before = await belongings();
    const chat = rig.teams.personalChat(stranger);
    const { clientId } = rig.registration();
    const leaks: string[] = [];
    for (const route of commands) {
      const channel = channelOf(theirs, route.command);
      await rig.teams.say(stranger, channel, wordsFor(route));
      const words = newest(channel) + newest(chat);
      // The words that were typed may come back; what they name may not.
      const shown = words.replaceAll(`${mark} production`, '');
      if (shown.includes(mark) || shown.includes(clientId)) leaks.push(`${route.command}: ${words.slice(0, 200)}`);
    }

    expect(leaks).toEqual([]);
    expect(await belongings()).toBe(before);
  });
});

describe('an administrator of another home tenant', () => {
  /** The same conversation, as a token and an activity of another tenant would name it. */
  const seenFrom = (tenantId: string): FakePlace => ({ ...ours.general, tenantId, messages: [] });

  it('gets nothing of this one by any verb or command', async () => {
    const before = await belongings();
    const place = seenFrom(secondTenant);
    const message = { ...rig.teams.lastMessage(ours.general), place };
    const leaks: string[] = [];
    for (const route of verbs) {
      const { words } = await answerTo(foreigner, message, route.verb, dataFor(route));
      if (words.includes(mark)) leaks.push(`${route.verb}: ${words.slice(0, 200)}`);
    }
    for (const route of commands) {
      const channel = { ...channelOf(ours, `${route.command} from elsewhere`), tenantId: secondTenant };
      await rig.teams.say(foreigner, channel, wordsFor(route));
      const words = newest(channel).replaceAll(`${mark} production`, '');
      if (words.includes(mark) || words.trim() === '') leaks.push(`${route.command}: ${words.slice(0, 200)}`);
    }

    expect(leaks).toEqual([]);
    expect(await belongings()).toBe(before);
  });

  it('is not read at all where the operator did not allow the tenant', async () => {
    const place = seenFrom(randomUUID());
    const message = { ...rig.teams.lastMessage(ours.general), place };
    const read: string[] = [];
    for (const route of verbs) {
      const { status } = await rig.teams.press(foreigner, message, route.verb, dataFor(route));
      if (status !== 403) read.push(`${route.verb}: ${status}`);
    }
    for (const route of commands) {
      const { status } = await rig.teams.say(foreigner, place, wordsFor(route));
      if (status !== 403) read.push(`${route.command}: ${status}`);
    }

    expect(read).toEqual([]);
  });
});

/** Last, because it presses everything that deletes and shares. */
describe('the rows above', () => {
  it('names things that are there: whom they belong to gets another answer than a stranger', async () => {
    const mine = rig.teams.lastMessage(ours.general);
    const elsewhere = rig.teams.lastMessage(theirs.general);
    const same: string[] = [];
    for (const route of verbs.filter(({ data }) => idsOf(data).length > 0)) {
      const changes = asksForMore(route) && route.asks !== true;
      const data = dataFor(route, changes ? await things() : known);
      const foreign = await answerTo(stranger, elsewhere, route.verb, data);
      const own = await answerTo(owner, mine, route.verb, data);
      if (own.words === foreign.words) same.push(`${route.verb}: ${own.words.slice(0, 80)}`);
    }

    expect(same).toEqual([]);
  });
});
