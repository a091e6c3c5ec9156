import type { AuditLog } from '../audit/audit.ts';
import type { Connections } from '../connections/connections.ts';
import { DelegatedSignIn } from '../connections/delegated-sign-in.ts';
import type { ManagedApps } from '../connections/managed-apps.ts';
import { ownConnections } from '../connections/own-connections.ts';
import type { UserSessions } from '../connections/user-sessions.ts';
import { lapsedCard } from '../dialogs/delegated/delegated-cards.ts';
import { delegatedRoutes } from '../dialogs/delegated/delegated-routes.ts';
import type { Messenger } from '../dialogs/messenger.ts';
import type { Route } from '../dialogs/route.ts';
import type { Clouds } from '../graph/clouds.ts';
import type { Logger } from '../log.ts';
import type { SignIns } from '../sign-in/sign-ins.ts';
import type { Database } from '../store/database.ts';

export interface DelegatedNeeds {
  database: Pick<Database, 'db'>;
  clouds: Clouds;
  connections: Connections;
  managedApps: ManagedApps;
  sessions: UserSessions;
  signIns: SignIns;
  audit: AuditLog;
  log: Logger;
}

export interface Delegated {
  signIn: DelegatedSignIn;
  routes: Route[];
}

/** Connections that work in the name of a person, and what that person is told. */
export function composeDelegated(needs: DelegatedNeeds, messenger: Messenger): Delegated {
  const { database, clouds, connections, managedApps, sessions, signIns, audit, log } = needs;
  const behind = (error: unknown, connectionId: string) =>
    log.warn({ err: error, connectionId }, 'a sign-in could not be renewed');
  const signIn = new DelegatedSignIn({ clouds, connections, sessions, signIns, audit, onRefreshFailed: behind });
  const tell = async (connectionId: string) => {
    const [connection, session] = await Promise.all([connections.get(connectionId), sessions.find(connectionId)]);
    if (connection === null || session === null) return;
    const key = `lapsed:${connectionId}:${session.signedInAt.getTime()}`;
    const { place, owner } = session;
    await messenger.enqueue(database.db, key, {
      kind: 'card',
      place,
      card: lapsedCard(connection, session),
      summary: `Sign in again for ${connection.name}`,
    });
    await messenger.enqueue(database.db, `${key}:alert`, {
      kind: 'reply',
      place,
      text: `please sign in again for ${connection.name}.`,
      mention: owner,
    });
    messenger.nudge();
    await connections.requestTest(connectionId);
  };
  sessions.onLapsed((connectionId) => {
    tell(connectionId).catch((error) => behind(error, connectionId));
  });
  return {
    signIn,
    routes: delegatedRoutes({ connections: ownConnections(connections), managedApps, delegated: signIn }),
  };
}
