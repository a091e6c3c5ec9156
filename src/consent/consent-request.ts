import type { Actor, Place } from '../access/actor.ts';
import type { consentRequests } from '../store/schema.ts';

/** Somebody who was asked to decide. */
export interface AskedPerson {
  objectId: string;
  name: string;
  /** Null for somebody who is not in the conversation. */
  teamsId: string | null;
  /** Their own chat with the bot, where a copy of the card goes; null when there is none. */
  chat: Place | null;
}

/** Who decided, or went to Microsoft's page. Without an object id: an administrator outside Teams. */
export interface Decider {
  objectId: string | null;
  name: string;
}

type Row = typeof consentRequests.$inferSelect;

export type ConsentRequest = Omit<Row, 'requester' | 'place' | 'approvers' | 'decidedBy'> & {
  requester: Actor;
  place: Place;
  approvers: AskedPerson[];
  decidedBy: Decider | null;
};

/** The JSON of a row was written by this service. */
export const asRequest = (row: Row): ConsentRequest => row as ConsentRequest;

/** A tenant has no name that could be known before it agreed: its id, and what somebody typed for it. */
export const tenantOf = ({ tenantId, tenantDomain }: Pick<ConsentRequest, 'tenantId' | 'tenantDomain'>): string =>
  tenantDomain === null || tenantDomain === tenantId ? tenantId : `${tenantId}, typed as ${tenantDomain}`;

/** What the token holds against what was listed. Empty while nothing was granted. */
export function difference({ permissions, grantedRoles }: Pick<ConsentRequest, 'permissions' | 'grantedRoles'>): {
  missing: string[];
  further: string[];
} {
  if (grantedRoles === null) return { missing: [], further: [] };
  return {
    missing: permissions.filter((name) => !grantedRoles.includes(name)),
    further: grantedRoles.filter((name) => !permissions.includes(name)).sort(),
  };
}
