import { z } from 'zod';
import { type Route, verb } from '../route.ts';
import { appGone, connectionGone, oneApp, withConnection } from './app-routes.ts';
import type { AppServices } from './app-services.ts';
import { retireCard, retiredCard } from './retire-cards.ts';

export function retireRoutes(services: AppServices): Route[] {
  const { retirement, connections } = services;
  return [
    verb({
      verb: 'app.retire',
      permission: 'manageApps',
      asks: true,
      data: oneApp,
      handle: (turn, data) =>
        withConnection(services, turn, data.connection, async (connection) => {
          const plan = await retirement.plan((await turn.workspace()).id, connection, data.app, turn.signal);
          if (plan === null) return appGone(connection);
          return {
            kind: 'personalCard',
            card: retireCard({ plan, connection }),
            summary: `Retire ${plan.app.metadata.displayName ?? 'this app'}?`,
          };
        }),
    }),
    verb({
      verb: 'app.retire.confirm',
      permission: 'manageApps',
      data: z.object({ draft: z.uuid() }),
      handle: async (turn, data) => {
        const { id: workspaceId } = await turn.workspace();
        const retired = await retirement.retire(workspaceId, data.draft, turn.signal);
        const connectionId = retired.kind === 'changed' ? retired.plan.connectionId : retired.connectionId;
        if (connectionId === null)
          return { kind: 'text', text: 'This question is too old. Open the app and begin again.' };
        const connection = await connections.find(workspaceId, connectionId);
        if (connection === null) return connectionGone;
        if (retired.kind === 'gone') return appGone(connection);
        if (retired.kind === 'changed')
          return {
            kind: 'personalCard',
            card: retireCard({ plan: retired.plan, connection, isChanged: true }),
            summary: 'More would go than you confirmed',
          };
        return {
          kind: 'card',
          card: retiredCard(retired, connection, turn.actor.name),
          summary: `${retired.name ?? 'The app'} is retired`,
        };
      },
    }),
  ];
}
