import type { AuditFacts, AuditLog } from '../audit/audit.ts';
import type { Connections } from '../connections/connections.ts';
import type { Database } from '../store/database.ts';
import type { AppDraft, AppDrafts } from './app-drafts.ts';

/** What everything that changes an app works with. */
export interface ChangeServices {
  database: Pick<Database, 'db'>;
  connections: Pick<Connections, 'accessTo'>;
  drafts: AppDrafts;
  audit: AuditLog;
}

/** Closes a draft and writes down what it did; who presses twice writes it once. */
export async function finishDraft(
  { database, drafts, audit }: ChangeServices,
  draft: AppDraft,
  change: { appName: string | null; before?: AuditFacts; after?: AuditFacts },
): Promise<void> {
  const { appName, ...facts } = change;
  await database.db.transaction(async (tx) => {
    if (!(await drafts.finish(tx, draft))) return;
    await audit.record(tx, {
      workspaceId: draft.workspaceId,
      subject: { kind: 'app', id: draft.appId, ...(appName === null ? {} : { name: appName }) },
      ...facts,
    });
  });
}
