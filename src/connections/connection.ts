import type { Problem } from '../problems/problem.ts';
import type { connections, credentialChanges } from '../store/schema.ts';
import { type Credential, type CredentialChange, typedSecret } from './credential.ts';

/** A row of the store; `lastProblem` is what the catalogue said at the last failed test. */
export type StoredConnection = Omit<typeof connections.$inferSelect, 'lastProblem' | 'credential'> & {
  lastProblem: Problem | null;
  credential: Credential;
  /** A rotation that is under way, or whose last step is still to be done. */
  change: CredentialChange | null;
  /** Present where another workspace lent it: whose it is, and how it is called there. `name` is the one used here. */
  lent?: { workspaceId: string; workspaceName: string | null; name: string };
};

export interface ConnectionRow {
  connection: typeof connections.$inferSelect;
  change: typeof credentialChanges.$inferSelect | null;
}

export function storedConnection({ connection, change }: ConnectionRow): StoredConnection {
  return {
    ...connection,
    lastProblem: connection.lastProblem as Problem | null,
    credential: (connection.credential as Credential | null) ?? typedSecret,
    change: change === null ? null : storedChange(change),
  };
}

function storedChange({ connectionId: _, ...row }: typeof credentialChanges.$inferSelect): CredentialChange {
  return {
    ...row,
    credential: row.credential as Credential,
    before: row.before as Credential | null,
    problem: row.problem as Problem | null,
  };
}
