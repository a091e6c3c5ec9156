import type { StoredConnection } from './connection.ts';
import type { ConnectionTestResult } from './connection-tester.ts';
import { beginsInEntra } from './credential-facts.ts';

/** For notFinished. */
export type UnfinishedReason = 'draft' | 'consentAsked' | 'propagating' | 'credentialSetup' | 'proofNeeded' | 'signIn';

/** Where a test leaves a connection: what never worked waits for somebody, what once worked is broken. */
export function statusAfter(
  before: Pick<StoredConnection, 'connectedAt' | 'credential'>,
  result: ConnectionTestResult,
): Pick<StoredConnection, 'status' | 'statusReason'> {
  const worked = before.connectedAt !== null;
  const code = result.problem?.code ?? null;
  if (result.reason === 'draft' && worked) return { status: 'error', statusReason: code };
  if (!worked && beginsInEntra(before.credential) && awaitsSetup.has(code ?? ''))
    return { status: 'notFinished', statusReason: 'credentialSetup' satisfies UnfinishedReason };
  return { status: result.status, statusReason: result.reason };
}

/** What Microsoft says of a credential that was never entered there; a wrong entry is told by other codes. */
const awaitsSetup = new Set(['certificateRefused', 'federationMissing']);
