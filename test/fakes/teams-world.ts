import { randomUUID } from 'node:crypto';
import type { Card } from '../../src/cards/card.ts';

export interface Person {
  name: string;
  /** `from.id`. */
  teamsId: string;
  objectId: string;
  tenantId: string;
  userRole: 'user' | 'guest' | 'anonymous';
}

export interface Team {
  id: string;
  name: string;
  tenantId: string;
  members: Person[];
}

/** A conversation: a channel, a group chat or a personal chat. */
export interface FakePlace {
  kind: 'channel' | 'groupChat' | 'personal';
  conversationId: string;
  tenantId: string;
  name: string;
  team?: Team;
  channelType?: 'standard' | 'shared' | 'private';
  members: Person[];
  /** The bot may write here. */
  botInside: boolean;
  messages: FakeMessage[];
}

export interface FakeMessage {
  id: string;
  place: FakePlace;
  /** The message that starts the thread, in a channel. */
  threadId: string | null;
  from: 'bot' | Person;
  text: string | null;
  summary: string | null;
  card: Card | null;
  /** People whom the message alerts, by Teams id. */
  mentions: string[];
  /** How often the bot changed it. */
  updates: number;
  deleted: boolean;
  /** What single people see in its place, by Teams id. */
  views: Map<string, Card>;
  /** The activity as the bot sent it last. */
  activity: Record<string, unknown>;
}

export const botName = 'Quartermaster';

/** The Teams side that a bot never sees: who is where and what stands in the chats. */
export class TeamsWorld {
  readonly homeTenantId: string;
  readonly places: FakePlace[] = [];
  readonly people: Person[] = [];
  #lastId = 1_700_000_000_000;

  constructor(homeTenantId: string) {
    this.homeTenantId = homeTenantId;
  }

  nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  person(name: string, options: Partial<Pick<Person, 'tenantId' | 'userRole' | 'objectId'>> = {}): Person {
    const person: Person = {
      name,
      teamsId: `29:1${randomUUID().replaceAll('-', '')}`,
      objectId: options.objectId ?? randomUUID(),
      tenantId: options.tenantId ?? this.homeTenantId,
      userRole: options.userRole ?? 'user',
    };
    this.people.push(person);
    return person;
  }

  team(name: string, members: Person[]): Team {
    return { id: `19:${randomUUID().replaceAll('-', '')}@thread.tacv2`, name, tenantId: this.homeTenantId, members };
  }

  /** The first channel of a team is General, whose id is the team's. */
  channel(team: Team, name = 'General', channelType: 'standard' | 'shared' | 'private' = 'standard'): FakePlace {
    const id = name === 'General' ? team.id : `19:${randomUUID().replaceAll('-', '')}@thread.tacv2`;
    return this.#add({
      kind: 'channel',
      conversationId: id,
      tenantId: team.tenantId,
      name,
      team,
      channelType,
      members: team.members,
      botInside: this.places.some((place) => place.team === team && place.botInside),
      messages: [],
    });
  }

  groupChat(name: string, members: Person[]): FakePlace {
    const id = `19:${randomUUID().replaceAll('-', '')}@thread.v2`;
    return this.#add({ ...this.#chat('groupChat', id, name), members });
  }

  personalChat(person: Person): FakePlace {
    const known = this.places.find((place) => place.kind === 'personal' && place.members[0] === person);
    if (known !== undefined) return known;
    const id = `a:1${randomUUID().replaceAll('-', '')}`;
    return this.#add({ ...this.#chat('personal', id, person.name), members: [person] });
  }

  find(conversationId: string): FakePlace | undefined {
    return this.places.find((place) => place.conversationId === conversationId);
  }

  #chat(kind: 'groupChat' | 'personal', conversationId: string, name: string): FakePlace {
    const tenantId = this.homeTenantId;
    return { kind, conversationId, tenantId, name, members: [], botInside: false, messages: [] };
  }

  #add(place: FakePlace): FakePlace {
    this.places.push(place);
    return place;
  }
}
