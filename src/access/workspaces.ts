import { and, eq, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { AuditLog } from '../audit/audit.ts';
import type { Database } from '../store/database.ts';
import { workspaces } from '../store/schema.ts';
import type { Workspace } from './actor.ts';
import type { Roles } from './roles.ts';
import { readWorkspace } from './workspace-row.ts';

/** Teams, group chats and personal chats, by the key Teams gives them. */
export interface Workspaces {
  find(place: WorkspaceKey): Promise<Workspace>;
  byId(id: string): Promise<Workspace | null>;
  /** The bot was added. `first` is true for one caller only, however often Teams tells it. */
  install(
    place: WorkspaceKey,
    installer: { objectId: string; name: string } | null,
  ): Promise<{
    workspace: Workspace;
    first: boolean;
  }>;
  /** The bot was removed; what the workspace owns stays for the day it comes back. */
  remove(place: WorkspaceKey): Promise<Workspace | null>;
  allowSharedChannels(id: string, allowed: boolean): Promise<void>;
}

export interface WorkspaceKey {
  homeTenantId: string;
  kind: Workspace['kind'];
  /** `channelData.team.id`, or the conversation id of a chat. */
  teamsKey: string;
  name: string | null;
}

export interface WorkspacesOptions {
  database: Database;
  roles: Roles;
  audit: AuditLog;
  now: () => number;
}

const trustFor = 10_000;
const remembered = 5_000;
/** Stands for an installation whose installer is not an admin; no object id looks like this. */
const nobody = 'nobody';

type Row = typeof workspaces.$inferSelect;

export function createWorkspaces({ database, roles, audit, now }: WorkspacesOptions): Workspaces {
  const { db } = database;
  const known = new Map<string, { workspace: Workspace; until: number }>();

  const cacheKey = (place: WorkspaceKey) => `${place.homeTenantId} ${place.teamsKey}`;
  const at = (place: WorkspaceKey) =>
    and(eq(workspaces.homeTenantId, place.homeTenantId), eq(workspaces.teamsKey, place.teamsKey));

  const remember = (place: WorkspaceKey, row: Row): Workspace => {
    const workspace = readWorkspace(row);
    if (known.size >= remembered) known.clear();
    known.set(cacheKey(place), { workspace, until: now() + trustFor });
    return workspace;
  };

  const insert = async (place: WorkspaceKey, installedBy: string | null): Promise<Row | undefined> => {
    const { homeTenantId, kind, teamsKey, name } = place;
    const [row] = await db
      .insert(workspaces)
      .values({ homeTenantId, kind, teamsKey, name, installedBy })
      .onConflictDoNothing({ target: [workspaces.homeTenantId, workspaces.teamsKey] })
      .returning();
    return row;
  };

  const stored = async (place: WorkspaceKey): Promise<Row> => {
    const [row] = await db.select().from(workspaces).where(at(place));
    const found = row ?? (await insert(place, null)) ?? (await db.select().from(workspaces).where(at(place)))[0];
    if (found === undefined) throw new Error('A workspace was neither found nor made');
    const renamed = place.name !== null && place.name !== found.name;
    if (found.removedAt === null && !renamed) return found;
    const change = { removedAt: null, ...(renamed ? { name: place.name } : {}) };
    await db.update(workspaces).set(change).where(eq(workspaces.id, found.id));
    return { ...found, ...change };
  };

  return {
    async find(place) {
      const hit = known.get(cacheKey(place));
      if (hit !== undefined && hit.until > now()) return hit.workspace;
      return remember(place, await stored(place));
    },
    async byId(id) {
      const [row] = await db.select().from(workspaces).where(eq(workspaces.id, id));
      return row === undefined ? null : readWorkspace(row);
    },
    async install(place, installer) {
      const made = await insert(place, installer?.objectId ?? null);
      const row = made ?? (await takeInstall(place, installer?.objectId ?? null));
      if (row === undefined) return { workspace: remember(place, await stored(place)), first: false };
      // Whoever adds the bot again where admins are known gains nothing by it: removing and adding is open to many.
      const isNew = made !== undefined || (await roles.adminsOf(readWorkspace(row))).length === 0;
      if (installer === null || !isNew) return { workspace: remember(place, row), first: true };
      const { objectId, name } = installer;
      await db.update(workspaces).set({ installedBy: objectId }).where(at(place));
      const workspace = remember(place, { ...row, installedBy: objectId });
      await roles.grant(workspace, { kind: 'person', objectId, name }, 'admin', objectId);
      return { workspace, first: true };
    },
    async remove(place) {
      known.delete(cacheKey(place));
      const [row] = await db
        .update(workspaces)
        .set({ removedAt: new Date(now()) })
        .where(at(place))
        .returning();
      return row === undefined ? null : readWorkspace(row);
    },
    async allowSharedChannels(id, allowed) {
      await db.transaction(async (tx) => {
        await tx.update(workspaces).set({ sharedChannelsAllowed: allowed }).where(eq(workspaces.id, id));
        const after = { sharedChannels: allowed ? 'allowed' : 'forbidden' };
        await audit.record(tx, { workspaceId: id, subject: { kind: 'workspace', id }, after });
      });
      for (const [key, entry] of known) if (entry.workspace.id === id) known.delete(key);
    },
  };

  /** One statement, so that of two events in two processes one finds the workspace not yet installed. */
  async function takeInstall(place: WorkspaceKey, installedBy: string | null): Promise<Row | undefined> {
    const [row] = await db
      .update(workspaces)
      .set({
        removedAt: null,
        installedBy: sql`coalesce(${workspaces.installedBy}, ${installedBy === null ? null : nobody})`,
      })
      .where(
        and(
          at(place),
          installedBy === null
            ? isNotNull(workspaces.removedAt)
            : or(isNotNull(workspaces.removedAt), isNull(workspaces.installedBy)),
        ),
      )
      .returning();
    return row;
  }
}
