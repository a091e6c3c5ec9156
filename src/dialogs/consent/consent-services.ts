import type { StoredConnection } from '../../connections/connection.ts';
import type { Connections } from '../../connections/connections.ts';
import type { ConsentRequest } from '../../consent/consent-request.ts';
import type { ConsentRequests } from '../../consent/consent-requests.ts';
import type { Cloud } from '../../graph/clouds.ts';
import { type PortalLink, type PortalTarget, portalLink } from '../../graph/portal-links.ts';
import type { People } from '../people.ts';
import type { Reply } from '../route.ts';
import { type ConsentCard, consentCard } from './consent-card.ts';

export interface ConsentServices {
  requests: ConsentRequests;
  connections: Pick<Connections, 'find'>;
  people: People;
  connectionReply(connection: StoredConnection, now: Date, words: { saved: string }): Reply;
  clouds: readonly Cloud[];
  publicUrl: string;
  /** Adds the bot to somebody's Teams; null in the demo, which is in no store. */
  installUrl: string | null;
}

export function portalOf(clouds: readonly Cloud[], request: ConsentRequest) {
  const cloud = clouds.find(({ id }) => id === request.cloud);
  return (target: PortalTarget): PortalLink | null =>
    cloud === undefined ? null : portalLink(target, cloud, { tenantId: request.tenantId, clientId: request.clientId });
}

export type ConsentShown = Pick<ConsentCard, 'request' | 'eyes' | 'now'> & { said?: string };

export function consentReply(
  clouds: readonly Cloud[],
  { request, ...shown }: ConsentShown,
): Extract<Reply, { kind: 'card' }> {
  return {
    kind: 'card',
    card: consentCard({ ...shown, request, portal: portalOf(clouds, request) }),
    summary: `Consent for ${request.connectionName}: ${request.state}`,
    follow: { subject: 'consent', subjectId: request.id },
  };
}
