import { createHash, randomBytes } from 'node:crypto';
import { and, eq, gt, isNull } from 'drizzle-orm';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { auditExports } from '../store/schema.ts';
import type { AuditLog } from './audit.ts';

export interface AuditExport {
  workspaceId: string;
  filter: string;
}

export interface AuditExportsOptions {
  db: Db;
  audit: AuditLog;
  publicUrl: string;
  /** Whether somebody may still read a workspace's audit: between making a link and opening it a role can be lost. */
  mayRead: (workspaceId: string, requesterId: string) => Promise<boolean>;
  clock?: () => Date;
}

const ttlMs = 15 * 60_000;
const tokenShape = /^[A-Za-z0-9_-]{43}$/;
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** Links that download a workspace's audit once. Tokens are stored as SHA-256 only. */
export class AuditExports {
  readonly #options: AuditExportsOptions;
  readonly #clock: () => Date;

  constructor(options: AuditExportsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => new Date());
  }

  async issue(wanted: AuditExport & { by: { objectId: string; name: string } }): Promise<{ url: string }> {
    const { db, audit, publicUrl } = this.#options;
    const token = randomBytes(32).toString('base64url');
    await db.transaction(async (tx) => {
      await tx.insert(auditExports).values({
        tokenHash: hashOf(token),
        workspaceId: wanted.workspaceId,
        requesterId: wanted.by.objectId,
        requesterName: wanted.by.name,
        filter: wanted.filter,
        expiresAt: new Date(this.#clock().getTime() + ttlMs),
      });
      await audit.record(tx, {
        workspaceId: wanted.workspaceId,
        subject: { kind: 'audit' },
        after: { filter: wanted.filter },
        by: wanted.by,
      });
    });
    return { url: `${publicUrl}/audit/${token}` };
  }

  /** Looks at a link without using it up. */
  async look(token: string): Promise<void> {
    const [row] = await this.#options.db.select().from(auditExports).where(this.#usable(token));
    if (row === undefined) throw new ProblemError('auditLinkUnusable');
  }

  /** Uses the link up: of two who open it, one gets the file. */
  async take(token: string): Promise<AuditExport> {
    const { db, audit, mayRead } = this.#options;
    const [link] = await db.select().from(auditExports).where(this.#usable(token));
    if (link === undefined) throw new ProblemError('auditLinkUnusable');
    if (!(await mayRead(link.workspaceId, link.requesterId))) throw new ProblemError('auditNotYours');
    return db.transaction(async (tx) => {
      const [row] = await tx.update(auditExports).set({ usedAt: this.#clock() }).where(this.#usable(token)).returning();
      if (row === undefined) throw new ProblemError('auditLinkUnusable');
      await audit.record(tx, {
        workspaceId: row.workspaceId,
        action: 'audit downloaded',
        subject: { kind: 'audit' },
        by: { objectId: row.requesterId, name: row.requesterName },
      });
      return { workspaceId: row.workspaceId, filter: row.filter };
    });
  }

  #usable(token: string) {
    return and(
      eq(auditExports.tokenHash, tokenShape.test(token) ? hashOf(token) : ''),
      isNull(auditExports.usedAt),
      gt(auditExports.expiresAt, this.#clock()),
    );
  }
}
