import { and, eq } from 'drizzle-orm';
import type { AuditLog } from '../audit/audit.ts';
import type { Proof } from '../graph/credentials/app-credential.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { connections, tenantProofs } from '../store/schema.ts';
import type { StoredConnection } from './connection.ts';
import { isGuid } from './tenant-name.ts';

/** A multi-tenant app registration of the operator. */
export interface ManagedApp {
  id: string;
  name: string;
  clientId: string;
  cloud: string;
  permissions: 'application' | 'delegated';
  capabilities: readonly string[];
  credential:
    | { kind: 'secret'; secret: string }
    | { kind: 'certificate'; privateKeyPem: string; certificatePem: string };
}

/** Who stood up for a tenant, and how. */
export interface TenantProof {
  /** GUID. */
  tenantId: string;
  how: 'administrator' | 'signIn';
  by: { objectId: string; name: string };
}

export interface ManagedAppsOptions {
  db: Db;
  apps: readonly ManagedApp[];
  audit: AuditLog;
  now: () => Date;
}

/** The operator's apps, and whose tenants they may be used for. */
export class ManagedApps {
  readonly #options: ManagedAppsOptions;

  constructor(options: ManagedAppsOptions) {
    this.#options = options;
  }

  get list(): readonly ManagedApp[] {
    return this.#options.apps;
  }

  /** The app of a connection; null when the operator took it away, or the connection is a custom one. */
  of({ mode, cloud, clientId }: Pick<StoredConnection, 'mode' | 'cloud' | 'clientId'>): ManagedApp | null {
    if (mode !== 'managed') return null;
    return this.list.find((app) => app.cloud === cloud && app.clientId === clientId) ?? null;
  }

  /**
   * The operator's credential, for a connection whose tenant somebody has proven. Everything that reaches Microsoft for
   * the connection comes through here.
   */
  async proofOf(connection: StoredConnection): Promise<Proof> {
    const app = this.of(connection);
    if (app === null) throw new ProblemError('managedAppGone');
    if (!(await this.isProven(connection))) throw new ProblemError('tenantNotProven');
    return app.credential;
  }

  /** The proof is for one tenant and one app: a connection that is led elsewhere needs another one. */
  async isProven({ id, cloud, tenantId, clientId }: StoredConnection): Promise<boolean> {
    if (!isGuid(tenantId)) return false;
    const [row] = await this.#options.db
      .select({ id: tenantProofs.connectionId })
      .from(tenantProofs)
      .where(
        and(
          eq(tenantProofs.connectionId, id),
          eq(tenantProofs.cloud, cloud),
          eq(tenantProofs.tenantId, tenantId.toLowerCase()),
          eq(tenantProofs.clientId, clientId),
        ),
      );
    return row !== undefined;
  }

  /** The caller has verified the person. A connection that names another tenant, or was changed meanwhile, is refused. */
  async prove(connection: StoredConnection, { tenantId, how, by }: TenantProof): Promise<void> {
    const { db, audit, now } = this.#options;
    const tenant = tenantId.toLowerCase();
    if (isGuid(connection.tenantId) && connection.tenantId.toLowerCase() !== tenant)
      throw new ProblemError('connectionChanged');
    const { id, cloud, clientId, revision } = connection;
    await db.transaction(async (tx) => {
      // A domain was resolved by the sign-in that proves it.
      const same = await tx
        .update(connections)
        .set({ tenantId: tenant })
        .where(and(eq(connections.id, id), eq(connections.revision, revision)))
        .returning({ id: connections.id });
      if (same.length === 0) throw new ProblemError('connectionChanged');
      const proof = { cloud, clientId, tenantId: tenant, how, byId: by.objectId, byName: by.name, provenAt: now() };
      await tx
        .insert(tenantProofs)
        .values({ connectionId: id, ...proof })
        .onConflictDoUpdate({ target: tenantProofs.connectionId, set: proof });
      await audit.record(tx, {
        workspaceId: connection.workspaceId,
        action: 'managed.proven',
        subject: { kind: 'connection', id, name: connection.name },
        after: { tenant, how },
        by,
      });
    });
  }
}
