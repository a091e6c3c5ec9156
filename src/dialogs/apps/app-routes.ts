import { z } from 'zod';
import { type AppKind, appKinds, isAppKind } from '../../apps/app-kinds.ts';
import type { AppView } from '../../apps/apps.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { portalLink } from '../../graph/portal-links.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { appCard, moreCard } from './app-card.ts';
import { appListCard, silentSentences, whichAppCard } from './app-list-cards.ts';
import type { AppServices } from './app-services.ts';
import { readConnectionWords, whichConnectionCard } from './connection-words.ts';
import { onePage, openPage } from './list-page.ts';

export const oneApp = z.object({ connection: z.uuid(), app: z.string().max(64) });

export const connectionGone: Reply = {
  kind: 'text',
  text: 'This connection is not known here any more. Type connections to see those that are.',
};
export const appGone = (connection: StoredConnection): Reply => ({
  kind: 'text',
  text: `This app is not in ${connection.name} any more. Type apps ${connection.name} to see those that are.`,
});

type CardReply = Extract<Reply, { kind: 'card' }>;

/** A press shows to the presser alone, so that one person's leafing does not turn everybody's page. */
const aside = (reply: Reply): Reply => (reply.kind === 'card' ? { ...reply, kind: 'personalCard' } : reply);

export function appRoutes(services: AppServices): Route[] {
  const { connections, apps } = services;

  const list = async (
    turn: Turn,
    connection: StoredConnection,
    words: string,
    kind: AppKind | null,
  ): Promise<CardReply> => ({
    kind: 'card',
    card: appListCard({
      connection,
      list: await apps.list((await turn.workspace()).id, connection, { words, kind }, turn.signal),
    }),
    summary: `Apps in ${connection.name}`,
  });

  const whichConnection = (all: readonly StoredConnection[]): Reply => ({
    kind: 'card',
    card: whichConnectionCard(all, { what: 'Apps', verb: 'apps.list', example: 'apps Contoso production outlook' }),
    summary: 'Which connection?',
  });

  return [
    command({
      command: 'apps',
      usage: 'apps <connection> [search] [type]',
      summary: 'The apps in Intune: find them by name, or by a kind such as android, windows, msi, web',
      permission: 'look',
      about: 'connection',
      input: z.string().trim().max(200),
      handle: async (turn, said) => {
        const all = await connections.list((await turn.workspace()).id);
        const { connection, rest } = readConnectionWords(said, all);
        if (connection === null) return whichConnection(all);
        const { words, kind } = readSearch(rest);
        return list(turn, connection, words, kind);
      },
    }),
    command({
      command: 'app',
      usage: 'app <id or name>',
      summary: 'One app in Intune: version, who receives it, relations, who published it',
      permission: 'look',
      input: z.string().trim().max(320),
      handle: async (turn, said) => {
        const all = await connections.list((await turn.workspace()).id);
        const named = readConnectionWords(said, all);
        if (named.rest === '')
          return named.connection === null ? whichConnection(all) : list(turn, named.connection, '', null);
        const hasName = named.connection !== null && all.length > 1;
        const found = await apps.find(
          hasName && named.connection !== null ? [named.connection] : all,
          named.rest,
          turn.signal,
        );
        const [only] = found.found;
        const isSure = found.found.length === 1 && found.silent.length === 0;
        if (only !== undefined && isSure) return appReply(services, turn, only.connection, only.row.id);
        if (only !== undefined) return { kind: 'card', card: whichAppCard(named.rest, found), summary: 'Which app?' };
        return {
          kind: 'text',
          text: [
            `I found no app named ${named.rest}. Type apps to see what is there.`,
            ...silentSentences(found.silent),
          ].join(' '),
        };
      },
    }),
    verb({
      verb: 'apps.list',
      permission: 'look',
      data: z.object({ connection: z.uuid() }),
      handle: async (turn, data) => {
        const connection = await connections.find((await turn.workspace()).id, data.connection);
        return connection === null ? connectionGone : aside(await list(turn, connection, '', null));
      },
    }),
    verb({
      verb: 'apps.find',
      permission: 'look',
      data: z.object({
        connection: z.uuid(),
        words: z.string().trim().max(200).default(''),
        kind: z.enum(['any', ...appKinds]).catch('any'),
      }),
      handle: async (turn, data) => {
        const connection = await connections.find((await turn.workspace()).id, data.connection);
        if (connection === null) return connectionGone;
        return aside(await list(turn, connection, data.words, data.kind === 'any' ? null : data.kind));
      },
    }),
    verb({
      verb: 'apps.page',
      permission: 'look',
      data: onePage,
      handle: async (turn, data) => {
        const opened = await openPage(turn, connections, apps, 'apps', data);
        if ('kind' in opened) return opened;
        const { connection, list } = opened;
        return {
          kind: 'personalCard',
          card: appListCard({ connection, list }),
          summary: `Apps in ${connection.name}`,
        };
      },
    }),
    verb({
      verb: 'app.show',
      permission: 'look',
      data: oneApp,
      handle: (turn, data) =>
        withConnection(services, turn, data.connection, async (connection) =>
          aside(await appReply(services, turn, connection, data.app)),
        ),
    }),
    verb({
      verb: 'app.more',
      permission: 'look',
      data: oneApp,
      handle: (turn, data) =>
        withApp(services, turn, data, async (view) => ({
          kind: 'personalCard',
          card: moreCard({ view }),
          summary: view.app.metadata.displayName ?? 'App',
        })),
    }),
  ];
}

/** The last word may be a kind. Somebody who looks for an app of that name puts it first. */
function readSearch(rest: string): { words: string; kind: AppKind | null } {
  const parts = rest.split(' ').filter(Boolean);
  const last = parts.at(-1)?.toLowerCase() ?? '';
  return isAppKind(last) ? { words: parts.slice(0, -1).join(' '), kind: last } : { words: parts.join(' '), kind: null };
}

/** With a connection of this workspace; those of others are not known here. */
export async function withConnection(
  { connections }: Pick<AppServices, 'connections'>,
  turn: Turn,
  id: string,
  act: (connection: StoredConnection) => Promise<Reply>,
): Promise<Reply> {
  const connection = await connections.find((await turn.workspace()).id, id);
  return connection === null ? connectionGone : act(connection);
}

export function withApp(
  services: AppServices,
  turn: Turn,
  { connection: id, app }: z.infer<typeof oneApp>,
  act: (view: AppView) => Promise<Reply>,
): Promise<Reply> {
  return withConnection(services, turn, id, async (connection) => {
    const view = await services.apps.view((await turn.workspace()).id, connection, app, turn.signal);
    return view === null ? appGone(connection) : act(view);
  });
}

export async function appReply(
  services: AppServices,
  turn: Turn,
  connection: StoredConnection,
  appId: string,
  saved?: string,
): Promise<Reply> {
  const view = await services.apps.view((await turn.workspace()).id, connection, appId, turn.signal);
  if (view === null) return appGone(connection);
  const cloud = services.cloud(connection.cloud);
  return {
    kind: 'card',
    card: appCard({
      view,
      adminCentreUrl:
        cloud === undefined ? null : portalLink('intuneApp', cloud, { tenantId: connection.tenantId, appId }).url,
      now: turn.now,
      ...(saved === undefined ? {} : { saved }),
    }),
    summary: `${view.app.metadata.displayName ?? 'App'} in ${connection.name}`,
  };
}
