import { randomUUID } from 'node:crypto';
import { and, asc, eq, inArray, isNotNull, lt, lte, ne, or } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { StoredConnection } from '../connections/connection.ts';
import type { Connections } from '../connections/connections.ts';
import { isGuid } from '../connections/tenant-name.ts';
import type { Database } from '../store/database.ts';
import { connections, consentLinks, consentRequests } from '../store/schema.ts';
import type { ConsentLedger } from './consent-ledger.ts';
import { asRequest, type ConsentRequest } from './consent-request.ts';
import { isOpen, openStates } from './consent-states.ts';
import { type ConsentTimes, nextDue, remindersDue } from './consent-times.ts';

export interface ConsentWatchOptions {
  database: Database;
  ledger: ConsentLedger;
  connections: Pick<Connections, 'requestTest'>;
  times: ConsentTimes;
  now: () => Date;
  log: Logger;
}

const queueName = 'consent-watch';
const everySeconds = 60;
const atOnce = 200;
const day = 24 * 3_600_000;

/** Looks after open requests: what tests of their connections tell, what time brings. */
export class ConsentWatch {
  readonly #options: ConsentWatchOptions;

  constructor(options: ConsentWatchOptions) {
    this.#options = options;
  }

  /** One look a minute over all processes. */
  async work(): Promise<void> {
    const { queue } = this.#options.database;
    await queue.createQueue(queueName, {
      policy: 'short',
      retryLimit: 0,
      expireInSeconds: 300,
      deleteAfterSeconds: 3600,
    });
    await queue.findJobs(queueName, { id: randomUUID() });
    const again = (seconds: number) => queue.send(queueName, {}, { singletonKey: 'watch', startAfter: seconds });
    await queue.work(queueName, { pollingIntervalSeconds: 10 }, async () => {
      try {
        await this.look();
      } catch (error) {
        this.#options.log.error({ err: error }, 'consent requests could not be looked after');
      } finally {
        await again(everySeconds);
      }
    });
    await again(0);
  }

  /** What a test of a connection means for its request. */
  async tested(connectionId: string): Promise<void> {
    const request = await this.#options.ledger.ofConnection(connectionId);
    if (request === null) return;
    const { connection, isSame } = await this.#options.ledger.connectionOf(request);
    if (isOpen(request.state)) await this.#judge(request, connection, isSame);
    else if (request.state === 'granted' && isSame) await this.#lateArrivals(request, connection);
  }

  /** Everything that is due: reminders, ends, grants that were made without a word to us. */
  async look(): Promise<void> {
    const { ledger, times, now } = this.#options;
    for (const { id } of await this.#overtaken()) await ledger.move(id, 'connectionChanged');
    for (const request of await this.#due()) {
      const { connection, isSame } = await ledger.connectionOf(request);
      if (await this.#judge(request, connection, isSame)) continue;
      if (request.expiresAt <= now() && (await ledger.move(request.id, 'timeIsUp'))?.moved === true) continue;
      const passed = remindersDue(request, times, now());
      const isReminder = passed > request.reminders && request.state !== 'granting';
      const reminders = isReminder ? passed : request.reminders;
      const dueAt = nextDue({ ...request, reminders }, times, now());
      if (isReminder) await ledger.remind(request, { reminders, dueAt });
      else await ledger.note(request.id, { dueAt });
      await this.#options.connections.requestTest(request.connectionId).catch(() => undefined);
    }
    await this.#forgetOldLinks();
  }

  /** True when the request has moved. */
  async #judge(request: ConsentRequest, connection: StoredConnection | null, isSame: boolean): Promise<boolean> {
    const { ledger, times, now } = this.#options;
    const did = async (moving: ReturnType<ConsentLedger['move']>) => (await moving)?.moved === true;
    if (connection === null || !isSame) return did(ledger.move(request.id, 'connectionChanged'));
    if (connection.status === 'connected') return did(this.#verified(request, connection));
    const isTested = (connection.lastTestedAt?.getTime() ?? 0) >= request.stateSince.getTime();
    if (!isTested) return false;
    const isOff = connection.lastProblem?.code === 'appDisabled';
    if (isOff) return did(ledger.move(request.id, 'switchedOff', async () => ({ note: 'appDisabled' })));
    if (request.state === 'blocked') return did(ledger.move(request.id, 'switchedOn', async () => ({ note: null })));
    if (request.state === 'granting' && now().getTime() - (request.grantedAt ?? now()).getTime() > times.arrivalMs)
      return did(
        ledger.move(request.id, 'notArrived', async () => ({
          note: 'notArrived',
          decidedBy: null,
          grantedAt: null,
          dueAt: nextDue({ ...request, state: 'waiting' }, times, now()),
        })),
      );
    return false;
  }

  /** The connection was tested with a fresh token of the expected tenant: that is the grant, whoever spoke of it. */
  #verified({ id }: ConsentRequest, connection: StoredConnection): ReturnType<ConsentLedger['move']> {
    return this.#options.ledger.move(id, 'verified', async (request) => {
      const { reportedTenant, state, decidedBy } = request;
      const isOther = reportedTenant !== null && isGuid(reportedTenant) && reportedTenant !== connection.tenantId;
      return {
        note: null,
        grantedRoles: connection.grantedRoles ?? [],
        decidedBy: state === 'granting' && !isOther ? decidedBy : null,
      };
    });
  }

  /** Permissions of one grant may show one after the other. */
  async #lateArrivals(request: ConsentRequest, connection: StoredConnection | null): Promise<void> {
    const { ledger, times, now } = this.#options;
    const roles = connection?.status === 'connected' ? (connection.grantedRoles ?? []) : (request.grantedRoles ?? []);
    const isFresh = now().getTime() - request.stateSince.getTime() < times.arrivalMs;
    const more = roles.filter((role) => !(request.grantedRoles ?? []).includes(role));
    if (isFresh && more.length > 0) await ledger.amend(request, 'outcome', { grantedRoles: roles });
  }

  async #due(): Promise<ConsentRequest[]> {
    const rows = await this.#options.database.db
      .select()
      .from(consentRequests)
      .where(and(inArray(consentRequests.state, [...openStates]), lte(consentRequests.dueAt, this.#options.now())))
      .orderBy(asc(consentRequests.dueAt))
      .limit(atOnce);
    return rows.map(asRequest);
  }

  /** A connection can be renamed, switched off or deleted without a test that would tell. */
  async #overtaken(): Promise<ConsentRequest[]> {
    const rows = await this.#options.database.db
      .select({ request: consentRequests })
      .from(consentRequests)
      .innerJoin(connections, eq(connections.id, consentRequests.connectionId))
      .where(
        and(
          inArray(consentRequests.state, [...openStates]),
          or(
            isNotNull(connections.deletedAt),
            eq(connections.status, 'disabled'),
            ne(connections.name, consentRequests.connectionName),
          ),
        ),
      );
    return rows.map(({ request }) => asRequest(request));
  }

  async #forgetOldLinks(): Promise<void> {
    const old = new Date(this.#options.now().getTime() - day);
    await this.#options.database.db.delete(consentLinks).where(lt(consentLinks.createdAt, old));
  }
}
