import { randomUUID } from 'node:crypto';
import { and, asc, inArray, isNotNull, isNull, lt, ne } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { connections } from '../store/schema.ts';
import type { StoredConnection } from './connection.ts';
import type { Connections } from './connections.ts';

/** Tells the people of a workspace. Each may be told more than once of the same thing and says it once. */
export interface WatchReport {
  /** `days` is one of the warning days. */
  expiring(connection: StoredConnection, days: number): Promise<void>;
  stopped(connection: StoredConnection): Promise<void>;
  worksAgain(connection: StoredConnection): Promise<void>;
}

export interface ConnectionWatchOptions {
  database: Pick<Database, 'db' | 'queue'>;
  connections: Pick<Connections, 'get' | 'runTest'>;
  report: WatchReport;
  logger: Logger;
  now?: () => Date;
  /** Before a failure that may pass by itself is believed. */
  secondLookMs?: number;
}

const queueName = 'connection-watch';
/** Seven minutes past each hour: away from the full hour, at which everybody's timers run. */
const hourly = '7 * * * *';
const warningDays = [30, 14, 7, 1] as const;
const dayMs = 86_400_000;
const atOnce = 4;

/** Looks at every connection once an hour, over all processes: does it still work, does its credential end soon. */
export class ConnectionWatch {
  readonly #options: ConnectionWatchOptions;
  readonly #now: () => Date;

  constructor(options: ConnectionWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  async work(): Promise<void> {
    const { queue } = this.#options.database;
    await queue.createQueue(queueName, { policy: 'short', retryLimit: 0, expireInSeconds: 3_000 });
    await queue.findJobs(queueName, { id: randomUUID() });
    await queue.work(queueName, { pollingIntervalSeconds: 30 }, async ([job]) => {
      await this.look(job?.signal);
    });
    await queue.schedule(queueName, hourly);
  }

  async look(signal: AbortSignal = new AbortController().signal): Promise<void> {
    await this.#warn();
    await this.#checkHealth(signal);
  }

  /** The nearest warning day that has come counts, so that a service that was off for a week does not say everything at once. */
  async #warn(): Promise<void> {
    const { database, connections: all, report, logger } = this.#options;
    const now = this.#now();
    const rows = await database.db
      .select({ id: connections.id })
      .from(connections)
      .where(
        and(
          isNull(connections.deletedAt),
          ne(connections.status, 'disabled'),
          isNotNull(connections.credentialExpiresAt),
          lt(connections.credentialExpiresAt, new Date(now.getTime() + warningDays[0] * dayMs)),
        ),
      );
    for (const { id } of rows) {
      const connection = await all.get(id);
      const days = warningDay(connection?.credentialExpiresAt ?? null, now);
      if (connection === null || days === null) continue;
      await report
        .expiring(connection, days)
        .catch((error) => logger.warn({ err: error, connectionId: id }, 'a warning was not told'));
    }
  }

  async #checkHealth(signal: AbortSignal): Promise<void> {
    const rows = await this.#options.database.db
      .select({ id: connections.id })
      .from(connections)
      .where(
        and(
          isNull(connections.deletedAt),
          isNull(connections.testingSince),
          inArray(connections.status, ['connected', 'error']),
        ),
      )
      .orderBy(asc(connections.lastTestedAt));
    const waiting = rows.map(({ id }) => id);
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift())
        await this.#check(id, signal).catch((error) => {
          if (!signal.aborted) this.#options.logger.warn({ err: error, connectionId: id }, 'a health check failed');
        });
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  async #check(id: string, signal: AbortSignal): Promise<void> {
    const { connections: all, report, secondLookMs = 30_000 } = this.#options;
    const before = await all.get(id);
    if (before === null) return;
    await all.runTest(id, signal);
    let after = await all.get(id);
    if (before.status === 'connected' && after?.status === 'error' && after.lastProblem?.retryable === true) {
      await new Promise((resolve) => setTimeout(resolve, secondLookMs));
      await all.runTest(id, signal);
      after = await all.get(id);
    }
    if (after === null || after.status === before.status) return;
    if (after.status === 'error') await report.stopped(after);
    if (after.status === 'connected') await report.worksAgain(after);
  }
}

function warningDay(expiresAt: Date | null, now: Date): number | null {
  if (expiresAt === null) return null;
  const left = (expiresAt.getTime() - now.getTime()) / dayMs;
  // Past its end the credential is refused, and the connection's error says so.
  if (left <= 0) return null;
  return warningDays.filter((days) => left <= days).at(-1) ?? null;
}
