import { eq } from 'drizzle-orm';
import type { Db } from '../store/database.ts';
import { credentialChanges } from '../store/schema.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { StoredConnection } from './connection.ts';

/** Forgets a new credential that was not taken into use, or the rest of one that was. */
export async function dropCredentialChange(
  tx: Db,
  vault: SecretVault,
  { id, change }: Pick<StoredConnection, 'id' | 'change'>,
): Promise<void> {
  if (change === null) return;
  await tx.delete(credentialChanges).where(eq(credentialChanges.connectionId, id));
  if (change.secretId !== null) await vault.remove(tx, change.secretId);
}
