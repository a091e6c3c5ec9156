import type { Place } from '../access/actor.ts';
import { ProblemError } from '../problems/problem.ts';
import { createBoundedMap } from './bounded-map.ts';
import type { Clock } from './clock.ts';
import { type Connector, ConnectorFault, type Member } from './outbound/connector.ts';
import type { RateLimits } from './outbound/rate-limits.ts';

/** What Teams says about a person in a conversation. */
export interface Roster {
  /** Null for somebody who is not there. Throws when Teams does not say. */
  member(place: Place, teamsId: string): Promise<Member | null>;
  /** As it is this moment: somebody who has just left is not there. */
  present(place: Place, teamsId: string): Promise<Member | null>;
  /** Somebody came or went: what was known of the people of this conversation is asked again. */
  forget(place: Place): void;
  /** Guests, anonymous people and people of other tenants. Throws `rosterAway` when Teams does not say. */
  isOutsider(place: Place, teamsId: string): Promise<boolean>;
}

export interface RosterOptions {
  connector: Connector;
  limits: RateLimits;
  clock: Clock;
}

const trustFor = 5 * 60 * 1000;
const remembered = 5_000;
const insiders = new Set([null, 'user', 'owner', 'member', 'admin']);
/** A person waits for this. */
const patience = 2_000;
const passing = new Set([412, 429, 502, 503, 504]);

export function createRoster({ connector, limits, clock }: RosterOptions): Roster {
  const known = createBoundedMap<Promise<Member | null>>(remembered, () => clock.now());

  const once = async ({ homeTenantId, serviceUrl, conversationId }: Place, memberId: string) => {
    for (;;) {
      const slot = limits.take(homeTenantId, conversationId, 1, 'members');
      if (!slot.taken) {
        await clock.sleep(Math.min(slot.waitMs ?? 50, patience));
        continue;
      }
      try {
        return await connector.member({ serviceUrl, conversationId, memberId });
      } finally {
        slot.release();
      }
    }
  };

  const ask = async (place: Place, teamsId: string): Promise<Member | null> => {
    const until = clock.now() + patience;
    for (;;) {
      try {
        return await once(place, teamsId);
      } catch (error) {
        if (!(error instanceof ConnectorFault)) throw error;
        if (error.status === 404) return null;
        const wait = error.retryAfterMs ?? 300;
        const passes = error.status === null || passing.has(error.status);
        if (!passes || clock.now() + wait > until) throw error;
        await clock.sleep(wait);
      }
    }
  };

  const member: Roster['member'] = (place, teamsId) => {
    const key = `${place.homeTenantId} ${place.conversationId} ${teamsId}`;
    const hit = known.get(key);
    if (hit !== undefined) return hit;
    const asked = ask(place, teamsId);
    known.set(key, asked, clock.now() + trustFor);
    asked.catch(() => known.delete(key));
    return asked;
  };

  return {
    member,
    present(place, teamsId) {
      known.delete(`${place.homeTenantId} ${place.conversationId} ${teamsId}`);
      return member(place, teamsId);
    },
    forget({ homeTenantId, conversationId }) {
      const start = `${homeTenantId} ${conversationId} `;
      known.deleteWhere((_, key) => key.startsWith(start));
    },
    async isOutsider(place, teamsId) {
      const found = await member(place, teamsId).catch((error: unknown) => {
        throw new ProblemError('rosterAway', { cause: error });
      });
      if (found === null || !insiders.has(found.userRole)) return true;
      return found.tenantId !== null && found.tenantId !== place.homeTenantId;
    },
  };
}
