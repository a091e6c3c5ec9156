import type { Cloud, Clouds } from '../graph/clouds.ts';
import { createSecretCredential } from '../graph/credentials/secret-credential.ts';
import type { GraphClient } from '../graph/graph-client.ts';
import { createMobileApps } from '../graph/graph-mobile-apps.ts';
import { createGraphClient, type RequestRecord } from '../graph/http-graph-client.ts';
import type { MobileApps } from '../graph/mobile-apps.ts';
import type { TokenSource } from '../graph/token-source.ts';
import type { Outbound } from '../network/outbound.ts';
import { ProblemError } from '../problems/problem.ts';
import type { StoredConnection } from './connection.ts';

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
  /** The plain secret of a connection as it was opened. */
  secret: (opened: StoredConnection) => Promise<string>;
  onRequest?: (record: RequestRecord) => void;
}

type Opened = Omit<ConnectionAccess, 'connection'>;

const mostKept = 64;

/** Keeps tokens and clients for the connections used last; a new revision opens anew. */
export class ConnectionAccesses {
  readonly #options: ConnectionAccessOptions;
  /** In the order of their last use, the oldest first. */
  readonly #kept = new Map<string, Opened & { revision: number }>();

  constructor(options: ConnectionAccessOptions) {
    this.#options = options;
  }

  of(connection: StoredConnection): ConnectionAccess {
    const known = this.#kept.get(connection.id);
    const opened =
      known?.revision === connection.revision ? known : { ...this.#open(connection), revision: connection.revision };
    this.#kept.delete(connection.id);
    this.#kept.set(connection.id, opened);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    const { cloud, tokenSource, graph, mobileApps } = opened;
    return { connection, cloud, tokenSource, graph, mobileApps };
  }

  #open(connection: StoredConnection): Opened {
    const { tenantId, clientId, credentialKind } = connection;
    const { clouds, outbound, secret, onRequest } = this.#options;
    const cloud = clouds.find(connection.cloud);
    if (cloud === undefined) throw new ProblemError('cloudUnknown');
    if (credentialKind !== 'secret') throw new ProblemError('credentialUnsupported');
    const tokenSource = createSecretCredential({
      cloud,
      tenantId,
      clientId,
      secret: () => secret(connection),
      outbound,
    });
    const graph = createGraphClient({
      cloud,
      tokenSource,
      outbound,
      ...(onRequest === undefined ? {} : { onRequest }),
    });
    return { cloud, tokenSource, graph, mobileApps: createMobileApps(graph) };
  }
}
