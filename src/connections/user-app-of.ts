import type { Clouds } from '../graph/clouds.ts';
import type { Proof } from '../graph/credentials/app-credential.ts';
import { authOf } from '../graph/credentials/client-token.ts';
import type { AppProof, UserApp } from '../graph/sign-in/user-app.ts';
import { ProblemError } from '../problems/problem.ts';
import type { StoredConnection } from './connection.ts';

/** A managed identity gives tokens of its own only; nobody signs in to it. */
export function userProof(proof: Proof): AppProof {
  if (proof.kind === 'identity') throw new ProblemError('delegatedNeedsOwnCredential');
  return authOf(proof);
}

export interface UserAppNeeds {
  clouds: Pick<Clouds, 'find'>;
  connections: { proofOf(opened: StoredConnection, signal: AbortSignal): Promise<Proof> };
}

/** The app registration of a connection, as people sign in to it. */
export function userAppOf({ clouds, connections }: UserAppNeeds, connection: StoredConnection): UserApp {
  const cloud = clouds.find(connection.cloud);
  if (cloud === undefined) throw new ProblemError('cloudUnknown');
  const { tenantId, clientId } = connection;
  return {
    cloud,
    tenantId,
    clientId,
    proof: async (signal) => userProof(await connections.proofOf(connection, signal)),
  };
}
