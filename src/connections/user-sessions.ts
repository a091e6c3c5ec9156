import { and, eq, lt } from 'drizzle-orm';
import type { Actor, Place } from '../access/actor.ts';
import type { UserTokenStore } from '../graph/sign-in/user-credential.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { userSessions } from '../store/schema.ts';
import type { SecretVault } from '../store/secret-vault.ts';

/** Whose name a connection with delegated permissions works in. */
export interface UserSession {
  connectionId: string;
  owner: Pick<Actor, 'objectId' | 'name' | 'teamsId'>;
  accountName: string;
  username: string;
  scopes: string[];
  /** Otherwise only the owner's own presses may use it. */
  forWorkspace: boolean;
  state: 'good' | 'lapsed';
  place: Place;
  signedInAt: Date;
  refreshedAt: Date;
}

export interface NewUserSession extends Omit<UserSession, 'state' | 'signedInAt' | 'refreshedAt'> {
  cache: string;
  homeAccountId: string;
}

export interface UserSessionsOptions {
  db: Db;
  vault: SecretVault;
  now?: () => Date;
}

/** Microsoft lets a refresh token lapse after 90 days without use; a revoked one is noticed this soon. */
const refreshAfterMs = 12 * 60 * 60_000;

/** Sign-ins of people, one for each connection that works with delegated permissions. */
export class UserSessions {
  readonly #options: UserSessionsOptions;
  readonly #now: () => Date;
  readonly #listeners = new Set<(connectionId: string) => void>();

  constructor(options: UserSessionsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  async find(connectionId: string, db: Db = this.#options.db): Promise<UserSession | null> {
    const row = await rowOf(db, connectionId);
    return row === null ? null : read(row);
  }

  /** Takes the place of an earlier sign-in. */
  async put(tx: Db, session: NewUserSession): Promise<void> {
    const { vault } = this.#options;
    await this.remove(tx, session.connectionId);
    const { cache, owner, ...columns } = session;
    const now = this.#now();
    await tx.insert(userSessions).values({
      ...columns,
      cacheSecretId: await vault.put(tx, cache),
      ownerId: owner.objectId,
      ownerName: owner.name,
      ownerTeamsId: owner.teamsId,
      state: 'good',
      signedInAt: now,
      refreshedAt: now,
    });
  }

  async share(connectionId: string, forWorkspace: boolean): Promise<void> {
    await this.#options.db
      .update(userSessions)
      .set({ forWorkspace })
      .where(eq(userSessions.connectionId, connectionId));
  }

  async remove(tx: Db, connectionId: string): Promise<boolean> {
    const [gone] = await tx
      .delete(userSessions)
      .where(eq(userSessions.connectionId, connectionId))
      .returning({ cacheSecretId: userSessions.cacheSecretId });
    if (gone !== undefined) await this.#options.vault.remove(tx, gone.cacheSecretId);
    return gone !== undefined;
  }

  /** Sign-ins that were not used for a while, each handed to one process only. */
  async takeDue(): Promise<UserSession[]> {
    const now = this.#now();
    const due = and(
      eq(userSessions.state, 'good'),
      lt(userSessions.refreshedAt, new Date(now.getTime() - refreshAfterMs)),
    );
    const rows = await this.#options.db.update(userSessions).set({ refreshedAt: now }).where(due).returning();
    return rows.map(read);
  }

  /** Called once for each sign-in that ended by itself, in the process that noticed. */
  onLapsed(listener: (connectionId: string) => void): void {
    this.#listeners.add(listener);
  }

  storeOf(connectionId: string): UserTokenStore {
    const { db, vault } = this.#options;
    return {
      read: async () => {
        const row = await rowOf(db, connectionId);
        if (row === null) return null;
        const cache = (await vault.get(db, row.cacheSecretId)).toString('utf8');
        return { id: row.cacheSecretId, cache, homeAccountId: row.homeAccountId, scopes: row.scopes };
      },
      keep: ({ id }, cache) =>
        db.transaction(async (tx) => {
          const [kept] = await tx
            .update(userSessions)
            .set({ state: 'good', refreshedAt: this.#now() })
            .where(thisSignIn(connectionId, id))
            .returning({ connectionId: userSessions.connectionId });
          if (kept !== undefined) await vault.replace(tx, id, cache);
          return kept !== undefined;
        }),
      lapsed: async ({ id }) => {
        const ended = await db
          .update(userSessions)
          .set({ state: 'lapsed' })
          .where(and(thisSignIn(connectionId, id), eq(userSessions.state, 'good')))
          .returning({ connectionId: userSessions.connectionId });
        if (ended.length > 0) for (const listener of this.#listeners) listener(connectionId);
      },
    };
  }
}

/** A renewal takes seconds, in which somebody else may have signed in: each sign-in has a vault row of its own. */
const thisSignIn = (connectionId: string, cacheSecretId: string) =>
  and(eq(userSessions.connectionId, connectionId), eq(userSessions.cacheSecretId, cacheSecretId));

type Row = typeof userSessions.$inferSelect;

async function rowOf(db: Db, connectionId: string): Promise<Row | null> {
  const [row] = await db.select().from(userSessions).where(eq(userSessions.connectionId, connectionId));
  return row ?? null;
}

function read({
  cacheSecretId: _,
  homeAccountId: __,
  ownerId,
  ownerName,
  ownerTeamsId,
  place,
  ...row
}: Row): UserSession {
  return { ...row, place: place as Place, owner: { objectId: ownerId, name: ownerName, teamsId: ownerTeamsId } };
}

/** A sign-in is its owner's: others use it only where the owner said so. */
export async function assertMayUse(
  sessions: Pick<UserSessions, 'find'> | undefined,
  connection: { id: string; permissionKind: 'application' | 'delegated' },
  by: string | null,
): Promise<void> {
  if (connection.permissionKind === 'application') return;
  const session = (await sessions?.find(connection.id)) ?? null;
  if (session === null) throw new ProblemError('signInNeeded');
  if (!session.forWorkspace && session.owner.objectId !== by) throw new ProblemError('delegatedOwnerOnly');
}
