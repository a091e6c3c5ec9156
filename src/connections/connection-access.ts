import type { Cloud, Clouds } from '../graph/clouds.ts';
import { createAppCredential, type Proof } from '../graph/credentials/app-credential.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import { createMobileApps } from '../graph/graph-mobile-apps.ts';
import { createGraphClient, type RequestRecord } from '../graph/http-graph-client.ts';
import type { MobileApps } from '../graph/mobile-apps.ts';
import type { RequestBudget } from '../graph/request-budget.ts';
import type { UserApp } from '../graph/sign-in/user-app.ts';
import { createUserCredential } from '../graph/sign-in/user-credential.ts';
import type { TokenSource } from '../graph/token-source.ts';
import type { Outbound } from '../network/outbound.ts';
import { ProblemError } from '../problems/problem.ts';
import type { StoredConnection } from './connection.ts';
import { userProof } from './user-app-of.ts';
import type { UserSessions } from './user-sessions.ts';

/** A way into one tenant's Intune. */
export interface ConnectionAccess {
  connection: StoredConnection;
  cloud: Cloud;
  tokenSource: TokenSource;
  graph: GraphClient;
  mobileApps: MobileApps;
}

export interface ConnectionAccessOptions {
  clouds: Clouds;
  /** Must allow the private hosts of `clouds`. */
  outbound: Pick<Outbound, 'fetch'>;
  /** What proves who is asking, now: somebody who opened the connection before a rotation goes on with the new credential. */
  proof: (opened: StoredConnection, signal: AbortSignal) => Promise<Proof>;
  /** Who signed in, for connections with delegated permissions. */
  sessions?: Pick<UserSessions, 'find' | 'storeOf' | 'remove'>;
  onRequest?: (record: RequestRecord) => void;
  budgetOf?: (tenantId: string, clientId: string) => RequestBudget;
}

type Opened = Omit<ConnectionAccess, 'connection'>;

const mostKept = 64;

/** Keeps tokens and clients for the connections used last; a new revision opens anew. */
export class ConnectionAccesses {
  readonly #options: ConnectionAccessOptions;
  /** In the order of their last use, the oldest first. */
  readonly #kept = new Map<string, Opened & { version: string }>();

  constructor(options: ConnectionAccessOptions) {
    this.#options = options;
  }

  of(connection: StoredConnection): ConnectionAccess {
    const known = this.#kept.get(connection.id);
    const version = `${connection.revision}.${connection.credentialRevision}`;
    const { proof } = this.#options;
    const opened =
      known?.version === version
        ? known
        : { ...this.openWith(connection, (signal) => proof(connection, signal)), version };
    this.#kept.delete(connection.id);
    this.#kept.set(connection.id, opened);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    const { cloud, tokenSource, graph, mobileApps } = opened;
    return { connection, cloud, tokenSource, graph, mobileApps };
  }

  /** With another credential than its own, and nothing of it kept. */
  openWith(connection: StoredConnection, proof: (signal: AbortSignal) => Promise<Proof>): Opened {
    const { tenantId, clientId } = connection;
    const { budgetOf, clouds, outbound, onRequest } = this.#options;
    const cloud = clouds.find(connection.cloud);
    if (cloud === undefined) throw new ProblemError('cloudUnknown');
    const app = { cloud, tenantId, clientId };
    const tokenSource =
      connection.permissionKind === 'application'
        ? createAppCredential({ ...app, proof, outbound })
        : this.#inPersonsName(connection.id, { ...app, proof: async (signal) => userProof(await proof(signal)) });
    const graph = createGraphClient({
      cloud,
      tokenSource,
      outbound,
      ...(onRequest === undefined ? {} : { onRequest }),
      ...(budgetOf === undefined ? {} : { budget: budgetOf(tenantId, clientId) }),
    });
    return { cloud, tokenSource, graph, mobileApps: createMobileApps(graph) };
  }

  #inPersonsName(connectionId: string, app: UserApp): TokenSource {
    const { sessions, outbound } = this.#options;
    if (sessions === undefined) throw new ProblemError('signInNeeded');
    return createUserCredential({ app, store: sessions.storeOf(connectionId), outbound });
  }
}
