import { z } from 'zod';
import { type HeldChange, type HeldChanges, HeldForApproval } from '../../apps/approval/held-changes.ts';
import { portalLink } from '../../graph/portal-links.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { connectionGone } from './app-routes.ts';
import type { AppServices } from './app-services.ts';
import { heldCard } from './held-cards.ts';

type Services = Pick<AppServices, 'connections' | 'cloud'> & {
  held: Pick<HeldChanges, 'during' | 'find' | 'check' | 'withdraw'>;
};

const heldId = z.object({ held: z.uuid() });
const unknownChange: Reply = {
  kind: 'text',
  text: 'This change is not known here any more. Open the app and begin again.',
};

/** The same route, whose changes are filed where the tenant wants a second administrator for them. */
export function filing(route: Route, services: Services): Route {
  if (route.kind !== 'verb' || route.permission !== 'manageApps' || route.asks === true) return route;
  return {
    ...route,
    handle: async (turn: Turn, data: never): Promise<Reply> => {
      const { id: workspaceId } = await turn.workspace();
      const { objectId, name } = turn.actor;
      try {
        const change = { workspaceId, action: route.verb, by: { objectId, name } };
        return await services.held.during(change, () => route.handle(turn, data));
      } catch (error) {
        if (!(error instanceof HeldForApproval)) throw error;
        return heldReply(services, turn, error.held);
      }
    },
  };
}

/** Changes that wait for the approval of a second administrator. */
export function heldRoutes(services: Services): Route[] {
  const { held } = services;
  const act = (name: string, work: (turn: Turn, found: HeldChange) => Promise<HeldChange>) =>
    verb({
      verb: name,
      permission: 'manageApps',
      data: heldId,
      handle: async (turn, data) => {
        const { id: workspaceId } = await turn.workspace();
        const found = await held.find(workspaceId, data.held);
        if (found === null) return unknownChange;
        // A lent connection may have been taken back since the change was filed.
        if ((await services.connections.find(workspaceId, found.connectionId)) === null) return connectionGone;
        return heldReply(services, turn, await work(turn, found));
      },
    });
  return [
    act('app.held.check', (turn, found) => held.check(found, turn.signal)),
    act('app.held.withdraw', (_turn, found) => held.withdraw(found)),
  ];
}

async function heldReply({ connections, cloud }: Services, turn: Turn, held: HeldChange): Promise<Reply> {
  const connection = await connections.find((await turn.workspace()).id, held.connectionId);
  if (connection === null) return connectionGone;
  const at = cloud(connection.cloud);
  return {
    kind: 'card',
    card: heldCard({
      held,
      connection,
      approvals: at === undefined ? null : portalLink('intuneApprovals', at, { tenantId: connection.tenantId }),
      now: turn.now,
    }),
    summary: `${held.appName}: ${held.state === 'open' ? 'waits for approval' : held.state}`,
  };
}
