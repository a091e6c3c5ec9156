import type { People } from '../dialogs/people.ts';
import type { Conversations } from './conversations.ts';
import type { Roster } from './roster.ts';

export interface PeopleOptions {
  conversations: Pick<Conversations, 'personal'>;
  roster: Pick<Roster, 'present'>;
}

export function createPeople({ conversations, roster }: PeopleOptions): People {
  return {
    chatWith: (homeTenantId, objectId) => conversations.personal(homeTenantId, objectId),
    async memberOf(place, id) {
      const member = await roster.present(place, id);
      return member === null || member.teamsId === null
        ? null
        : { teamsId: member.teamsId, name: member.name ?? 'Somebody' };
    },
  };
}
