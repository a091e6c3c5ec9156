import { and, asc, eq, inArray, lt, lte, ne, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Message } from '../../dialogs/messenger.ts';
import type { Logger } from '../../log.ts';
import type { Database, Db } from '../../store/database.ts';
import { outbox } from '../../store/schema.ts';
import { type Clock, over } from '../clock.ts';
import type { Conversations } from '../conversations.ts';
import { ConnectorFault } from './connector.ts';
import type { Delivery, DeliveryOptions } from './delivery.ts';
import { ErrandGivenUp } from './door.ts';

/**
 * Messages that survive the process. A row is written with the change it tells of, claimed by one process at a time and
 * marked `sending` just before its request leaves.
 *
 * Teams knows no idempotency key and cannot be asked what arrived, so one window stays: a process that dies (or a
 * connection that breaks) between that mark and the stored answer leaves a message of which nobody can say whether it
 * arrived. Such a message is not sent a second time; it ends as `undeliverable` with `answerLost`, and an update, which
 * may be repeated, is repeated.
 */
export interface Outbox {
  enqueue(tx: Db, key: string, message: Message): Promise<void>;
  start(): void;
  /** Looks for due messages now. */
  nudge(): void;
  /** No new claims; ends when what was claimed has been dealt with. */
  stop(): Promise<void>;
  waiting(): Promise<number>;
}

export interface OutboxOptions {
  database: Database;
  delivery: Delivery;
  conversations: Conversations;
  clock: Clock;
  log: Logger;
}

const pollEvery = 1_000;
const batch = 20;
const mostInFlight = 100;
/** A claim ends so soon after its process did; while it waits for its turn it is renewed. Who lost one finds out before it sends. */
const lease = 15_000;
const renewEvery = 5_000;
/** Longer than one request may take: after it nobody waits for the answer any more. */
const sendingLease = 60_000;
const firstDelay = 2_000;
const longestDelay = 6 * 60 * 60 * 1000;
const giveUpAfter = 24 * 60 * 60 * 1000;
/** How long a key is known as sent. */
const rememberFor = 30 * 24 * 60 * 60 * 1000;
const tidyEvery = 60 * 60 * 1000;

const sendingMark = 'sending';

const StoredPlace = z.object({
  homeTenantId: z.string(),
  conversationKind: z.enum(['personal', 'groupChat', 'channel']),
  conversationId: z.string(),
  threadId: z.string().optional(),
  serviceUrl: z.string(),
});

type Row = typeof outbox.$inferSelect;

/** What is to be written after an attempt. */
type Ending =
  | { state: 'delivered' }
  | { state: 'undeliverable'; error: string }
  | { state: 'waiting'; error: string; retryAt: number };

export function createOutbox({ database, delivery, conversations, clock, log }: OutboxOptions): Outbox {
  const { db } = database;
  const stopping = new AbortController();
  let wake = new AbortController();
  let polling: Promise<void> | null = null;
  let lastStamp = 0;
  let tidyAt = clock.now() + tidyEvery;
  let renewAt = 0;
  const inFlight = new Set<Promise<void>>();
  /** Claimed, and not yet being sent. */
  const held = new Map<string, Row>();

  /** Strictly rising, so that messages of one transaction keep their order. */
  const stamp = () => {
    lastStamp = Math.max(clock.now(), lastStamp + 1);
    return new Date(lastStamp);
  };

  const claim = async (): Promise<Row[]> => {
    const now = new Date(clock.now());
    const due = db
      .select({ id: outbox.id })
      .from(outbox)
      .where(and(eq(outbox.state, 'waiting'), lte(outbox.nextAttemptAt, now)))
      .orderBy(asc(outbox.createdAt))
      .limit(batch)
      .for('update', { skipLocked: true });
    const rows = await db
      .update(outbox)
      .set({ attempts: sql`${outbox.attempts} + 1`, nextAttemptAt: new Date(clock.now() + lease) })
      .where(inArray(outbox.id, due))
      .returning();
    return rows.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  };

  /** A row whose turn comes later than its claim would end must not go to another process for that. */
  const renew = async () => {
    if (held.size === 0 || clock.now() < renewAt) return;
    renewAt = clock.now() + renewEvery;
    const claims = [...held.values()].map(({ id, attempts }) => and(eq(outbox.id, id), eq(outbox.attempts, attempts)));
    await db
      .update(outbox)
      .set({ nextAttemptAt: new Date(clock.now() + lease) })
      .where(and(eq(outbox.state, 'waiting'), sql`${outbox.lastError} is distinct from ${sendingMark}`, or(...claims)));
  };

  /** Only the process whose claim is the latest may send. */
  const markSending = (row: Row) => async () => {
    held.delete(row.id);
    const marked = await db
      .update(outbox)
      .set({ lastError: sendingMark, nextAttemptAt: new Date(clock.now() + sendingLease) })
      .where(and(eq(outbox.id, row.id), eq(outbox.state, 'waiting'), eq(outbox.attempts, row.attempts)))
      .returning({ id: outbox.id });
    return marked.length === 1;
  };

  const finish = async (row: Row, ending: Ending) => {
    const mine = and(eq(outbox.id, row.id), eq(outbox.attempts, row.attempts));
    if (ending.state === 'waiting') {
      await db
        .update(outbox)
        .set({ lastError: ending.error, nextAttemptAt: new Date(ending.retryAt) })
        .where(mine);
      return;
    }
    await db
      .update(outbox)
      .set({
        state: ending.state,
        lastError: ending.state === 'undeliverable' ? ending.error : null,
        deliveredAt: ending.state === 'delivered' ? new Date(clock.now()) : null,
      })
      .where(mine);
    if (ending.state === 'undeliverable')
      log.error({ outboxId: row.id, key: row.key, reason: ending.error }, 'A message could not be delivered');
  };

  const later = (row: Row, error: string, after: number | null): Ending => {
    const delay = after ?? Math.min(firstDelay * 2 ** Math.min(row.attempts - 1, 20), longestDelay);
    const retryAt = clock.now() + delay;
    return retryAt > row.createdAt.getTime() + giveUpAfter
      ? { state: 'undeliverable', error }
      : { state: 'waiting', error, retryAt };
  };

  const attempt = async (row: Row): Promise<Ending | null> => {
    const message = row.message as Message;
    const place = StoredPlace.safeParse(message.place);
    if (!place.success) return { state: 'undeliverable', error: 'unreadable' };
    if (row.lastError === sendingMark && message.kind !== 'update')
      return { state: 'undeliverable', error: 'answerLost' };
    if (message.kind !== 'reply' && (await conversations.isRemoved(message.place)))
      return { state: 'undeliverable', error: 'conversationRemoved' };
    try {
      await deliver(delivery, message, markSending(row), conversations);
      return { state: 'delivered' };
    } catch (error) {
      if (error instanceof ErrandGivenUp) return null;
      if (!(error instanceof ConnectorFault)) throw error;
      return judge(row, error, message.kind === 'update');
    }
  };

  const judge = (row: Row, fault: ConnectorFault, repeatable: boolean): Ending => {
    const reason = fault.status === null ? fault.arrival : `${fault.status} ${fault.code ?? ''}`.trim();
    if (fault.arrival === 'unknown')
      return repeatable ? later(row, reason, null) : { state: 'undeliverable', error: 'answerLost' };
    // 401: the registration or its secret is wrong, which the operator mends while the message waits.
    const passing = fault.status === null || [401, 412, 429, 502, 503, 504].includes(fault.status);
    return passing ? later(row, reason, fault.retryAfterMs) : { state: 'undeliverable', error: reason };
  };

  const handle = async (row: Row) => {
    held.set(row.id, row);
    try {
      const ending = await attempt(row).finally(() => held.delete(row.id));
      // Given up: the process ends, or another one claimed the row. What was not sent is due again soon.
      if (ending !== null) await finish(row, ending);
      else if (stopping.signal.aborted) await release(row);
    } catch (error) {
      log.error({ err: error, outboxId: row.id }, 'A message could not be dealt with');
    }
  };

  const release = async (row: Row) => {
    await db
      .update(outbox)
      .set({ nextAttemptAt: new Date(clock.now()), lastError: row.lastError })
      .where(and(eq(outbox.id, row.id), eq(outbox.state, 'waiting'), eq(outbox.attempts, row.attempts)));
  };

  const tidy = async () => {
    if (clock.now() < tidyAt) return;
    tidyAt = clock.now() + tidyEvery;
    const old = lt(outbox.createdAt, new Date(clock.now() - rememberFor));
    await db.delete(outbox).where(and(ne(outbox.state, 'waiting'), old));
  };

  const poll = async () => {
    while (!stopping.signal.aborted) {
      let claimed: Row[] = [];
      try {
        await tidy();
        await renew();
        claimed = await claim();
      } catch (error) {
        log.warn({ err: error }, 'The outbox cannot be read');
      }
      for (const row of claimed) {
        const work = handle(row);
        inFlight.add(work);
        void work.finally(() => inFlight.delete(work));
      }
      while (inFlight.size > mostInFlight) {
        await Promise.race([...inFlight, clock.sleep(pollEvery, stopping.signal)]);
        await renew().catch((error) => log.warn({ err: error }, 'Claims of messages cannot be renewed'));
      }
      if (claimed.length === batch) continue;
      await clock.sleep(pollEvery, AbortSignal.any([stopping.signal, wake.signal]));
      if (wake.signal.aborted) wake = new AbortController();
    }
  };

  return {
    async enqueue(tx, key, message) {
      await tx
        .insert(outbox)
        .values({ key, message, nextAttemptAt: new Date(clock.now()), createdAt: stamp() })
        .onConflictDoNothing({ target: outbox.key });
    },
    start() {
      polling ??= poll();
    },
    nudge: () => wake.abort(over),
    async stop() {
      stopping.abort();
      await polling;
      await Promise.all(inFlight);
    },
    async waiting() {
      return db.$count(outbox, eq(outbox.state, 'waiting'));
    },
  };
}

function deliver(
  delivery: Delivery,
  message: Message,
  stillWanted: () => Promise<boolean>,
  conversations: Conversations,
): Promise<void> {
  // One request per claim: between two claims the row says what became of it.
  const options = { urgency: 'outcome' as const, tries: 1, stillWanted };
  const follow = message.kind === 'reply' || message.follow === undefined ? {} : { follow: message.follow };
  switch (message.kind) {
    case 'card':
      return delivery.card(message.place, message.card, message.summary, { ...options, ...follow });
    case 'update':
      return delivery.update(message.place, message.activityId, message.card, message.summary, {
        ...options,
        ...follow,
      });
    case 'reply':
      return reply(delivery, message, options, conversations);
  }
}

/** News for a person whose conversation the bot had to leave goes to their own chat. */
async function reply(
  delivery: Delivery,
  message: Extract<Message, { kind: 'reply' }>,
  options: DeliveryOptions,
  conversations: Conversations,
): Promise<void> {
  const { place, text, mention } = message;
  if (await conversations.isRemoved(place)) {
    const chat = mention === undefined ? null : await conversations.personal(place.homeTenantId, mention.objectId);
    if (chat === null)
      throw new ConnectorFault('The bot is not there any more', {
        arrival: 'answered',
        status: 403,
        code: 'conversationRemoved',
      });
    return delivery.text(chat, text, options);
  }
  return mention === undefined ? delivery.text(place, text, options) : delivery.mention(place, text, mention, options);
}
