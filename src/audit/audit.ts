import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor, Place } from '../access/actor.ts';
import type { Db } from '../store/database.ts';
import { auditRows } from '../store/schema.ts';
import { type AuditFacts, safeFacts, safeText } from './safe-facts.ts';

export type { AuditFacts } from './safe-facts.ts';

export interface AuditSubject {
  /** `connection`, `person`, `job`. */
  kind: string;
  id?: string;
  name?: string;
}

/** A change or a decision. Who asked, where and by which route are taken from the turn it happens in. */
export interface AuditEntry {
  workspaceId: string;
  /** Without it the route of the turn. */
  action?: string;
  subject?: AuditSubject;
  before?: AuditFacts;
  after?: AuditFacts;
  /** `done` without it. `allowed`: a route was used, and what it changed has no row of its own. */
  result?: 'done' | 'allowed' | 'refused' | 'failed';
  problem?: string;
  reference?: string;
  /** Instead of the person of the turn. */
  by?: Pick<Actor, 'objectId' | 'name'>;
  /** Besides those of the turn. */
  graphRequestIds?: readonly string[];
}

/** Where changes come from: a turn, or work in the background without an actor. */
export interface AuditOrigin {
  actor: Pick<Actor, 'objectId' | 'name'> | null;
  place: Pick<Place, 'conversationId'> | null;
  action: string;
}

/** What services need of the audit. */
export interface AuditLog {
  /** In the transaction of the change, so that there is never one without the other. */
  record(tx: Db, entry: AuditEntry): Promise<void>;
}

interface Trail extends AuditOrigin {
  recorded: boolean;
  readonly graphRequestIds: string[];
}

const itself = 'Quartermaster';
const mostRequestIds = 20;

export class Audit implements AuditLog {
  readonly #trails = new AsyncLocalStorage<Trail>();

  /** Whatever `work` records carries this origin. */
  during<T>(origin: AuditOrigin, work: () => Promise<T>): Promise<T> {
    return this.#trails.run({ ...origin, recorded: false, graphRequestIds: [] }, work);
  }

  /** Whose turn it is; null in the background. */
  get actor(): AuditOrigin['actor'] {
    return this.#trails.getStore()?.actor ?? null;
  }

  /** Whether a change has a row already since `during` began. */
  get hasRecorded(): boolean {
    return this.#trails.getStore()?.recorded ?? false;
  }

  /** A request to Graph that changes something was answered. */
  requested({ method, requestId }: { method: string; requestId: string | null }): void {
    const trail = this.#trails.getStore();
    if (trail === undefined || requestId === null || method === 'GET') return;
    if (trail.graphRequestIds.length < mostRequestIds) trail.graphRequestIds.push(requestId);
  }

  async record(tx: Db, entry: AuditEntry): Promise<void> {
    const trail = this.#trails.getStore();
    const actor = entry.by ?? trail?.actor ?? null;
    const result = entry.result ?? 'done';
    await tx.insert(auditRows).values({
      workspaceId: entry.workspaceId,
      actorId: actor?.objectId ?? null,
      actorName: safeText(actor?.name ?? itself),
      conversationId: trail?.place?.conversationId ?? null,
      action: entry.action ?? trail?.action ?? `${entry.subject?.kind ?? 'something'} changed`,
      subjectKind: entry.subject?.kind ?? null,
      subjectId: entry.subject?.id ?? null,
      subjectName: entry.subject?.name === undefined ? null : safeText(entry.subject.name),
      before: entry.before === undefined ? null : safeFacts(entry.before),
      after: entry.after === undefined ? null : safeFacts(entry.after),
      result,
      problem: entry.problem ?? null,
      reference: entry.reference ?? null,
      graphRequestIds: [...(trail?.graphRequestIds ?? []), ...(entry.graphRequestIds ?? [])],
    });
    if (trail !== undefined) trail.recorded = true;
  }
}
