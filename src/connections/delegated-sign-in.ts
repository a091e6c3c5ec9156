import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor, Place } from '../access/actor.ts';
import type { AuditLog } from '../audit/audit.ts';
import { type Clouds, graphScope } from '../graph/clouds.ts';
import type { UserApp } from '../graph/sign-in/user-app.ts';
import { type CapabilityId, findCapability } from '../permissions/capabilities.ts';
import { permissionCatalog } from '../permissions/catalog.ts';
import { leastPermissions } from '../permissions/least-privilege.ts';
import { ProblemError } from '../problems/problem.ts';
import type { SignIn, SignInHandler } from '../sign-in/sign-in.ts';
import type { SignIns } from '../sign-in/sign-ins.ts';
import type { Db } from '../store/database.ts';
import { connections as connectionRows } from '../store/schema.ts';
import type { StoredConnection } from './connection.ts';
import type { Connections } from './connections.ts';
import { userAppOf } from './user-app-of.ts';
import type { UserSession, UserSessions } from './user-sessions.ts';

export interface DelegatedSignInOptions {
  connections: Pick<
    Connections,
    'get' | 'find' | 'changing' | 'requestTestIn' | 'requestTest' | 'accessTo' | 'proofOf'
  >;
  clouds: Pick<Clouds, 'find'>;
  sessions: UserSessions;
  signIns: Pick<SignIns, 'issue' | 'handle' | 'redirectUri'>;
  audit: AuditLog;
  onRefreshFailed: (error: unknown, connectionId: string) => void;
}

export interface SignInAsk {
  connection: StoredConnection;
  wanted: readonly CapabilityId[];
  forWorkspace: boolean;
  requester: Pick<Actor, 'objectId' | 'name' | 'teamsId' | 'homeTenantId'>;
  place: Place;
}

/** What the link was made for, kept with it. */
const asks = z.object({ capabilities: z.array(z.string()).min(1), forWorkspace: z.boolean() });

/** Connections that work in the name of a person: how that person signs in, and for how long it lasts. */
export class DelegatedSignIn implements SignInHandler {
  readonly #options: DelegatedSignInOptions;

  constructor(options: DelegatedSignInOptions) {
    this.#options = options;
    options.signIns.handle('delegated', this);
  }

  get redirectUri(): string {
    return this.#options.signIns.redirectUri;
  }

  session(connectionId: string): Promise<UserSession | null> {
    return this.#options.sessions.find(connectionId);
  }

  issue({ connection, wanted, forWorkspace, requester, place }: SignInAsk) {
    const { homeTenantId, ...person } = requester;
    return this.#options.signIns.issue({
      purpose: 'delegated',
      workspaceId: connection.workspaceId,
      connectionId: connection.id,
      connectionRevision: connection.revision,
      expectedTenantId: connection.tenantId,
      homeTenantId,
      requester: person,
      place,
      asks: { capabilities: wanted, forWorkspace },
    });
  }

  async subject(signIn: SignIn) {
    const { connection, app } = await this.#connectionOf(signIn);
    const scopes = scopesOf(signIn);
    return {
      app,
      scopes,
      connectionName: connection.name,
      purpose: asks.parse(signIn.asks).forWorkspace
        ? 'Quartermaster then works in your name, for you and for everything that people of this place do with the connection, until you sign out.'
        : 'Quartermaster then works in your name when you press something yourself, until you sign out.',
      rights: scopes.map((scope) => permissionCatalog.get(scope)?.allows ?? scope),
    };
  }

  async accept(signIn: SignIn, signedIn: Parameters<SignInHandler['accept']>[1]): Promise<string> {
    const { connections, sessions, audit } = this.#options;
    const { person, cache, homeAccountId } = signedIn;
    const { requester, place } = signIn;
    const { connection } = await this.#connectionOf(signIn);
    await connections.changing(async (tx) => {
      await sessions.put(tx, {
        connectionId: connection.id,
        owner: requester,
        accountName: person.name,
        username: person.username,
        scopes: scopesOf(signIn),
        forWorkspace: asks.parse(signIn.asks).forWorkspace,
        place,
        cache,
        homeAccountId,
      });
      await this.#endTokens(tx, connection, { connectedById: requester.objectId, connectedByName: requester.name });
      await connections.requestTestIn(tx, connection.id);
      await audit.record(tx, {
        workspaceId: connection.workspaceId,
        action: 'signin',
        subject: { kind: 'connection', id: connection.id, name: connection.name },
        after: { signedIn: person.username },
        by: requester,
      });
    });
    return `Signed in as ${person.name} (${person.username}). ${connection.name} is being tested now.`;
  }

  /** Only the owner decides for what the sign-in is used. False for everybody else. */
  async share(connectionId: string, forWorkspace: boolean, by: Pick<Actor, 'objectId'>): Promise<boolean> {
    const session = await this.session(connectionId);
    if (session === null || session.owner.objectId !== by.objectId) return false;
    await this.#options.sessions.share(connectionId, forWorkspace);
    return true;
  }

  async signOut(connection: StoredConnection, by: Pick<Actor, 'objectId' | 'name'>): Promise<void> {
    const { connections, sessions, audit } = this.#options;
    await connections.changing(async (tx) => {
      if (!(await sessions.remove(tx, connection.id))) return;
      await this.#endTokens(tx, connection, {});
      await connections.requestTestIn(tx, connection.id);
      await audit.record(tx, {
        workspaceId: connection.workspaceId,
        subject: { kind: 'connection', id: connection.id, name: connection.name },
        after: { signedIn: 'nobody' },
        by,
      });
    });
  }

  /** Keeps sign-ins alive that nobody uses, and notices those that have ended. */
  async refreshDue(): Promise<void> {
    const { connections, sessions, onRefreshFailed } = this.#options;
    for (const { connectionId, owner } of await sessions.takeDue())
      try {
        const { tokenSource, cloud } = await connections.accessTo(connectionId, owner.objectId);
        await tokenSource.getToken(graphScope(cloud), { fresh: true });
      } catch (error) {
        onRefreshFailed(error, connectionId);
      }
  }

  /** As it was when the link was made. */
  async #connectionOf(signIn: SignIn): Promise<{ connection: StoredConnection; app: UserApp }> {
    const { connections } = this.#options;
    const connection = await connections.get(signIn.connectionId);
    if (connection === null) throw new ProblemError('connectionNotFound');
    if (connection.status === 'disabled') throw new ProblemError('connectionDisabled');
    if (connection.revision !== signIn.connectionRevision || connection.permissionKind !== 'delegated')
      throw new ProblemError('connectionChanged');
    return { connection, app: userAppOf(this.#options, connection) };
  }

  /** Tokens that this or another process holds belong to the person before. */
  async #endTokens(tx: Db, connection: StoredConnection, change: Partial<StoredConnection>): Promise<void> {
    const { connectedById, connectedByName } = { ...connection, ...change };
    await tx
      .update(connectionRows)
      .set({ credentialRevision: connection.credentialRevision + 1, connectedById, connectedByName })
      .where(eq(connectionRows.id, connection.id));
  }
}

function scopesOf(signIn: SignIn): string[] {
  const { capabilities } = asks.parse(signIn.asks);
  return leastPermissions(capabilities.flatMap((id) => findCapability(id)?.id ?? []));
}
