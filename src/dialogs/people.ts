import type { Place } from '../access/actor.ts';

/** People in Teams, as the dialogs see them. */
export interface People {
  /** The chat between the bot and one person; null where the person has not added the bot. */
  chatWith(homeTenantId: string, objectId: string): Promise<Place | null>;
  /** Somebody of a conversation, by Teams id or object id; null for somebody who is not there. */
  memberOf(place: Place, id: string): Promise<{ teamsId: string; name: string } | null>;
}
