import { z } from 'zod';
import { execute } from '../../cards/pieces.ts';
import { chooseIconCard, receivedIconCard, uploadIconCard } from '../icons/icon-cards.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { appGone, appReply, oneApp, withApp, withConnection } from './app-routes.ts';
import type { AppServices } from './app-services.ts';

const pictureGone: Reply = { kind: 'text', text: 'This picture is not here any more. Upload it again.' };

/** The icon of an app that is in Intune: from a package, or from a file of somebody. */
export function appIconRoutes(services: AppServices): Route[] {
  const { icons, recent, tickets, appIcons } = services;

  const choose = (turn: Turn, data: z.infer<typeof oneApp>, fault?: string) =>
    withApp(services, turn, data, async ({ app, connection }) => {
      const target = { connection: connection.id, app: app.id };
      const { id: workspaceId } = await turn.workspace();
      return {
        kind: 'personalCard',
        card: chooseIconCard({
          name: app.metadata.displayName ?? 'the app',
          where: connection.name,
          packages: (await recent.list(workspaceId)).filter(({ hasIcon }) => hasIcon),
          current: null,
          topic: 'app',
          data: target,
          further: [execute('Back', 'app.show', target)],
          fault,
        }),
        summary: 'Icon',
      };
    });

  return [
    verb({
      verb: 'app.icon',
      permission: 'manageApps',
      asks: true,
      data: oneApp,
      handle: (turn, data) => choose(turn, data),
    }),
    verb({
      verb: 'app.icon.take',
      permission: 'manageApps',
      asks: true,
      data: oneApp.extend({ from: z.uuid() }),
      handle: (turn, data) =>
        withApp(services, turn, data, async ({ app, connection }) => {
          const picture = await icons.fromPackage((await turn.workspace()).id, data.from);
          if (picture === null) return choose(turn, data, 'This package brought no icon. Choose another one');
          const name = app.metadata.displayName ?? 'the app';
          return {
            kind: 'personalCard',
            card: receivedIconCard({
              wanted: { kind: 'appIcon', connectionId: connection.id, appId: app.id, name },
              picture,
              by: turn.actor.name,
            }),
            summary: `New icon for ${name}`,
          };
        }),
    }),
    verb({
      verb: 'app.icon.upload',
      permission: 'manageApps',
      asks: true,
      data: oneApp,
      handle: (turn, data) =>
        withApp(services, turn, data, async ({ app, connection }) => {
          const workspace = await turn.workspace();
          const { objectId, name: person, teamsId } = turn.actor;
          const name = app.metadata.displayName ?? 'the app';
          const target = { connection: connection.id, app: app.id };
          const { url } = await tickets.issue({
            requester: { objectId, name: person, teamsId },
            workspaceId: workspace.id,
            homeTenantId: workspace.homeTenantId,
            place: turn.place,
            wanted: { kind: 'appIcon', connectionId: connection.id, appId: app.id, name },
          });
          return {
            kind: 'personalCard',
            card: uploadIconCard({ name, url, back: execute('Back', 'app.show', target) }),
            summary: 'Your upload link',
          };
        }),
    }),
    verb({
      verb: 'app.icon.use',
      permission: 'manageApps',
      data: oneApp.extend({ picture: z.uuid() }),
      handle: (turn, data) =>
        withConnection(services, turn, data.connection, async (connection) => {
          const { id: workspaceId } = await turn.workspace();
          const picture = await icons.find(workspaceId, data.picture);
          if (picture === null) return pictureGone;
          const isThere = await appIcons.put(workspaceId, connection, data.app, picture, turn.signal);
          return isThere ? appReply(services, turn, connection, data.app, 'The icon was changed') : appGone(connection);
        }),
    }),
  ];
}
