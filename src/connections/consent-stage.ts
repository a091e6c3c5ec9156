import { and, eq, inArray } from 'drizzle-orm';
import { problem } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { connections, consentRequests } from '../store/schema.ts';
import type { StoredConnection } from './connection.ts';
import { statusAfter } from './connection-status.ts';
import type { ConnectionTestResult } from './connection-tester.ts';

/** How far an open consent request of a connection has come. */
type ConsentStage = 'none' | 'asked' | 'granted';

type Standing = Pick<StoredConnection, 'status' | 'statusReason' | 'lastProblem'>;

const reasonOf = { none: 'draft', asked: 'consentAsked', granted: 'propagating' } as const;

/** What a test means for the connection's status, beside what people are doing about it. */
export async function standingAfterTest(
  tx: Db,
  before: StoredConnection,
  result: ConnectionTestResult,
): Promise<Standing> {
  const told = before.mode === 'managed' ? asManaged(result) : result;
  const found = { ...statusAfter(before, told), lastProblem: told.problem };
  if (told.reason !== 'draft') return found;
  // A request that ends at this moment writes the status after this test, not before it with what the test read earlier.
  await tx.select({ id: connections.id }).from(connections).where(eq(connections.id, before.id)).for('update');
  const stage = await consentStage(tx, before.id);
  if (stage === 'granted')
    return { status: 'notFinished', statusReason: 'propagating', lastProblem: problem('permissionsPropagating') };
  return found.statusReason === 'draft' ? { ...found, statusReason: reasonOf[stage] } : found;
}

/** An app of the operator is in no tenant before that tenant agrees to it, and its credential is nobody else’s to mend. */
function asManaged(result: ConnectionTestResult): ConnectionTestResult {
  const { problem: found } = result;
  const ids = found?.ids === undefined ? {} : { ids: found.ids };
  if (found?.fix === 'certificatesAndSecrets')
    return { ...result, reason: 'managedCredentialRefused', problem: problem('managedCredentialRefused', ids) };
  if (found?.code !== 'appNotInTenant' && found?.code !== 'notConsented') return result;
  return { ...result, status: 'notFinished', reason: 'draft', problem: problem('managedNotConsented', ids) };
}

/** After a consent request was made or moved: the connection says what it waits for. */
export async function showConsentStage(tx: Db, connectionId: string, now: Date): Promise<void> {
  const [row] = await tx.select().from(connections).where(eq(connections.id, connectionId)).for('update');
  if (row === undefined) return;
  const connection = { ...row, lastProblem: row.lastProblem as StoredConnection['lastProblem'] };
  const waits = connection.status === 'notFinished';
  const isRevoked = connection.status === 'error' && isUnconsented(connection.lastProblem);
  if (!waits && !isRevoked) return;
  const stage = await consentStage(tx, connectionId);
  if (isRevoked && stage !== 'granted') return;
  // Intune refuses a permission that stands in the token already: Microsoft is at it, whatever people do.
  if (stage !== 'granted' && connection.statusReason === 'propagating' && (connection.grantedRoles ?? []).length > 0)
    return;
  const isOver = stage !== 'granted' && connection.lastProblem?.code === 'permissionsPropagating';
  const lastProblem =
    stage === 'granted'
      ? problem('permissionsPropagating')
      : isOver
        ? problem(connection.mode === 'managed' ? 'managedNotConsented' : 'notConsented')
        : connection.lastProblem;
  await tx
    .update(connections)
    .set({ status: 'notFinished', statusReason: reasonOf[stage], statusSince: now, lastProblem })
    .where(eq(connections.id, connectionId));
}

const isUnconsented = (found: StoredConnection['lastProblem']): boolean =>
  found?.code === 'notConsented' || found?.code === 'managedNotConsented';

/** Who granted is who connected it. */
export async function noteConnectedBy(
  tx: Db,
  connectionId: string,
  by: { objectId: string | null; name: string },
): Promise<void> {
  await tx
    .update(connections)
    .set({ connectedById: by.objectId, connectedByName: by.name })
    .where(eq(connections.id, connectionId));
}

async function consentStage(tx: Db, connectionId: string): Promise<ConsentStage> {
  const [open] = await tx
    .select({ state: consentRequests.state })
    .from(consentRequests)
    .where(
      and(
        eq(consentRequests.connectionId, connectionId),
        inArray(consentRequests.state, ['waiting', 'withMicrosoft', 'granting', 'blocked']),
      ),
    );
  if (open === undefined) return 'none';
  return open.state === 'granting' ? 'granted' : 'asked';
}
