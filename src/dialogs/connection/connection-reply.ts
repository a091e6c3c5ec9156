import type { StoredConnection } from '../../connections/connection.ts';
import { isPortalTarget, portalLink } from '../../graph/portal-links.ts';
import type { Reply } from '../route.ts';
import { connectionCard } from './connection-card.ts';
import type { ConnectionServices } from './connection-services.ts';

/** The status card of a connection, which follows it from then on. */
export function connectionReply(
  { clouds, supportContact }: Pick<ConnectionServices, 'clouds' | 'supportContact'>,
  connection: StoredConnection,
  now: Date,
  words: { saved?: string; hint?: string } = {},
): Extract<Reply, { kind: 'card' }> {
  const cloud = clouds.find(({ id }) => id === connection.cloud);
  return {
    kind: 'card',
    card: connectionCard({
      connection,
      cloud,
      portal: (fix) =>
        cloud === undefined || !isPortalTarget(fix)
          ? null
          : portalLink(fix, cloud, { tenantId: connection.tenantId, clientId: connection.clientId }),
      supportContact,
      now,
      ...words,
    }),
    summary: `${connection.name}: ${connection.status}`,
    // A lent one looks different where it was lent to: a card that follows it would turn into its owner's.
    ...(connection.lent === undefined ? { follow: { subject: 'connection', subjectId: connection.id } as const } : {}),
  };
}
