/**
 * Teams' limits for one bot: 7 sends in 1 s, 8 in 2 s, 60 in 30 s and 1,800 in an hour per conversation, twice as many
 * looks at its members, 50 requests per second per tenant. Updates count as sends.
 * https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/rate-limit
 */
const writeLimits: readonly Limit[] = [
  { count: 7, span: 1_000 },
  { count: 8, span: 2_000 },
  { count: 60, span: 30_000 },
  { count: 1_800, span: 3_600_000 },
];
const memberLimits: readonly Limit[] = writeLimits.map(({ count, span }) => ({ count: count * 2, span }));
const tenantLimits: readonly Limit[] = [{ count: 50, span: 1_000 }];

interface Limit {
  count: number;
  span: number;
}

export type Slot =
  /** The caller may go now and says when the request is over. */
  | { taken: true; release(): void }
  /** Not before so many milliseconds; null: when a request that is on its way has come back. */
  | { taken: false; waitMs: number | null };

export interface RateLimits {
  /** `share` is the part of each limit that this kind of message may use. */
  take(tenantId: string, conversationId: string, share: number, what?: 'write' | 'members'): Slot;
  readonly tracked: number;
}

export function createRateLimits({ now }: { now: () => number }): RateLimits {
  const conversations = new Map<string, Usage>();
  const tenants = new Map<string, Usage>();
  let sweepAt = now() + sweepEvery;

  const usageOf = (map: Map<string, Usage>, key: string) => {
    const known = map.get(key);
    if (known !== undefined) return known;
    const usage: Usage = { ended: [], running: 0 };
    map.set(key, usage);
    return usage;
  };
  const sweep = (at: number) => {
    if (at < sweepAt) return;
    sweepAt = at + sweepEvery;
    forgetIdle(conversations, at - longest(writeLimits));
    forgetIdle(tenants, at - longest(tenantLimits));
  };

  return {
    take(tenantId, conversationId, share, what = 'write') {
      const at = now();
      sweep(at);
      const limits = what === 'write' ? writeLimits : memberLimits;
      const conversation = usageOf(conversations, `${what} ${tenantId} ${conversationId}`);
      const tenant = usageOf(tenants, tenantId);
      const waits = [waitFor(conversation, limits, share, at), waitFor(tenant, tenantLimits, 1, at)];
      if (waits.includes(null)) return { taken: false, waitMs: null };
      const waitMs = Math.max(...waits.map((wait) => wait ?? 0));
      if (waitMs > 0) return { taken: false, waitMs };
      const used = [
        [conversation, limits],
        [tenant, tenantLimits],
      ] as const;
      for (const [usage] of used) usage.running += 1;
      let released = false;
      return {
        taken: true,
        release() {
          if (released) return;
          released = true;
          for (const [usage, own] of used) end(usage, own, now());
        },
      };
    },
    get tracked() {
      return conversations.size + tenants.size;
    },
  };
}

/**
 * Requests are counted from their end, because the service counts them when they arrive, some unknown time before: what
 * is allowed here is then allowed there too.
 */
interface Usage {
  ended: number[];
  running: number;
}

const sweepEvery = 60_000;
const longest = (limits: readonly Limit[]) => Math.max(...limits.map((limit) => limit.span));

function waitFor(usage: Usage, limits: readonly Limit[], share: number, at: number): number | null {
  let wait = 0;
  for (const { count, span } of limits) {
    const allowed = Math.max(1, Math.floor(count * share));
    const room = allowed - usage.running;
    if (room <= 0) return null;
    const nth = usage.ended[usage.ended.length - room];
    if (nth !== undefined) wait = Math.max(wait, nth + span - at);
  }
  return wait;
}

function end(usage: Usage, limits: readonly Limit[], at: number): void {
  usage.running -= 1;
  usage.ended.push(at);
  const most = Math.max(...limits.map((limit) => limit.count));
  if (usage.ended.length > most * 2) usage.ended = usage.ended.slice(-most);
}

function forgetIdle(map: Map<string, Usage>, before: number): void {
  for (const [key, usage] of map)
    if (usage.running === 0 && (usage.ended.at(-1) ?? Number.NEGATIVE_INFINITY) <= before) map.delete(key);
}
