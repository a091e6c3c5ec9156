import { z } from 'zod';
import type { LinkApp } from '../../../apps/links/link-apps.ts';
import { readLinkForm } from '../../../apps/links/link-form.ts';
import { readStoreLink } from '../../../apps/links/store-links.ts';
import { card, execute, header, text } from '../../../cards/pieces.ts';
import { type Reply, type Route, type Turn, verb } from '../../route.ts';
import { appReply, connectionGone } from '../app-routes.ts';
import type { AppServices } from '../app-services.ts';
import { linkEndCard, linkFormCard, linkPlanCard } from './link-cards.ts';

const pressed = z.object({ link: z.uuid(), revision: z.coerce.number().int() });

/** `publish` with a link into a store, or `publish web <address>`, is answered here; every other link is a package's. */
export function takingStoreLinks(route: Route, services: AppServices): Route {
  if (route.kind !== 'command' || route.command !== 'publish') return route;
  return {
    ...route,
    summary: 'Publish an app: upload a package, or name a link to one, to an app in a store, or to a web page',
    handle: async (turn: Turn, input: unknown): Promise<Reply> => {
      const read = typeof input === 'string' ? readStoreLink(input) : null;
      if (read === null) return route.handle(turn, input);
      if ('fault' in read) return { kind: 'text', text: read.fault };
      const { id: workspaceId } = await turn.workspace();
      if ((await usable(services, workspaceId)).length === 0) return connectFirst;
      const { objectId, name } = turn.actor;
      return formReply(services, await services.links.begin(workspaceId, { objectId, name }, read.link));
    },
  };
}

const connectFirst: Reply = {
  kind: 'card',
  summary: 'Connect to Intune first',
  card: card(
    [header({ title: 'Connect to Intune first' }), text('Publishing needs a connection that works.')],
    [execute('Connect to Intune', 'connection.form'), execute('Connections', 'connection.list', { page: 0 })],
  ),
};

export function linkRoutes(services: AppServices): Route[] {
  const { links, connections } = services;

  /** The link, if it is of this workspace and the presser is who asked for it. */
  const own = async (turn: Turn, id: string): Promise<LinkApp | Reply> => {
    const app = await links.find((await turn.workspace()).id, id);
    if (app === null) return { kind: 'text', text: 'This draft is not known here any more.' };
    if (app.requesterId !== turn.actor.objectId)
      return { kind: 'text', text: `Only ${app.requesterName}, who asked for this, can change or confirm it.` };
    return app;
  };
  /** An old card is answered with the state of today. */
  const show = (turn: Turn, app: LinkApp): Promise<Reply> => stateReply(services, turn, app);

  return [
    verb({
      verb: 'link.form',
      permission: 'publish',
      asks: true,
      data: pressed,
      handle: async (turn, data) => {
        const app = await own(turn, data.link);
        if ('kind' in app) return app;
        return app.state === 'planned' ? formReply(services, app, { ...app.form }) : show(turn, app);
      },
    }),
    verb({
      verb: 'link.plan',
      permission: 'publish',
      asks: true,
      data: pressed.loose(),
      handle: async (turn, data) => {
        const app = await own(turn, data.link);
        if ('kind' in app) return app;
        if (app.revision !== data.revision || (app.state !== 'draft' && app.state !== 'planned'))
          return show(turn, app);
        const read = readLinkForm(app.store, data);
        if (!read.ok) return formReply(services, app, data, read.faults);
        const connection = await connections.find(app.workspaceId, read.form.connectionId);
        if (connection === null)
          return formReply(services, app, data, { connectionId: 'This connection is not known here any more' });
        const planned = await links.plan(app, read.form);
        return planned === null ? show(turn, (await links.find(app.workspaceId, app.id)) ?? app) : show(turn, planned);
      },
    }),
    verb({
      verb: 'link.create',
      permission: 'publish',
      data: pressed,
      handle: async (turn, data) => {
        const app = await own(turn, data.link);
        if ('kind' in app) return app;
        const mayCreate = app.state === 'creating' || (app.state === 'planned' && app.revision === data.revision);
        if (!mayCreate || app.connectionId === null) return show(turn, app);
        const connection = await connections.find(app.workspaceId, app.connectionId);
        if (connection === null) return connectionGone;
        const made = await links.create(app, connection, turn.signal);
        if (made === 'waiting')
          return { kind: 'personalCard', card: linkEndCard(app, 'creating'), summary: 'It is being created' };
        return show(turn, made);
      },
    }),
    verb({
      verb: 'link.discard',
      permission: 'publish',
      data: pressed,
      handle: async (turn, data) => {
        const app = await own(turn, data.link);
        if ('kind' in app) return app;
        const mayDiscard = app.revision === data.revision && (app.state === 'draft' || app.state === 'planned');
        return show(turn, (mayDiscard ? await links.discard(app) : null) ?? app);
      },
    }),
  ];
}

async function usable({ connections }: AppServices, workspaceId: string) {
  const all = await connections.list(workspaceId);
  return all.filter(({ status, statusReason }) => status === 'connected' || statusReason === 'propagating');
}

async function formReply(
  services: AppServices,
  app: LinkApp,
  values?: Record<string, unknown>,
  faults?: Record<string, string>,
): Promise<Reply> {
  return {
    // Who asks gets the form where it was asked for; what was typed wrongly is theirs alone.
    kind: faults === undefined ? 'card' : 'personalCard',
    card: linkFormCard({
      app,
      connections: await usable(services, app.workspaceId),
      ...(values === undefined ? {} : { values }),
      ...(faults === undefined ? {} : { faults }),
    }),
    summary: `Draft of ${app.url}`,
  };
}

async function stateReply(services: AppServices, turn: Turn, app: LinkApp): Promise<Reply> {
  const connection =
    app.connectionId === null ? null : await services.connections.find(app.workspaceId, app.connectionId);
  if (app.state === 'discarded') return { kind: 'card', card: linkEndCard(app, 'discarded'), summary: 'Discarded' };
  if (app.state === 'creating') return { kind: 'card', card: linkEndCard(app, 'creating'), summary: 'Creating' };
  if (app.state === 'draft' || app.form === null || connection === null) return formReply(services, app);
  if (app.state === 'created' && app.appId !== null)
    return appReply(services, turn, connection, app.appId, `Created in ${connection.name}`);
  const twins = await services.links.twins(app, app.form, turn.signal);
  return {
    kind: 'card',
    card: linkPlanCard({ app, form: app.form, connection, twins }),
    summary: `Plan: ${app.form.displayName}`,
  };
}
