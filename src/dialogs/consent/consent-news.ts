import type { Place } from '../../access/actor.ts';
import type { ConsentEvents, ConsentNewsKind } from '../../consent/consent-events.ts';
import { type AskedPerson, type ConsentRequest, difference } from '../../consent/consent-request.ts';
import type { Cloud } from '../../graph/clouds.ts';
import type { Db } from '../../store/database.ts';
import type { Messenger } from '../messenger.ts';
import { consentReply } from './consent-services.ts';

export interface ConsentNewsOptions {
  messenger: Messenger;
  clouds: readonly Cloud[];
  /** The connection's own cards tell of it too. */
  showConnection(connectionId: string): void;
  now?: () => Date;
}

/** So many people are reminded one by one; more would be a crowd. */
const mostReminded = 5;

/** Turns what happens to consent requests into cards and replies. */
export class ConsentNews implements ConsentEvents {
  readonly #options: ConsentNewsOptions;
  readonly #now: () => Date;

  constructor(options: ConsentNewsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  async opened(tx: Db, request: ConsentRequest): Promise<void> {
    await this.#send(tx, request, 'place', request.place);
    await this.#sendTo(tx, request, request.approvers);
  }

  async changed(tx: Db, request: ConsentRequest, what: ConsentNewsKind): Promise<void> {
    const key = `consent:${request.id}:${request.revision}`;
    await this.#options.messenger.enqueueCards(tx, `${key}:card`, follow(request), this.#shown(request));
    // Whoever has the card already gets no second one: the key is the same.
    if (what === 'asked') await this.#sendTo(tx, request, request.approvers);
    const words = outcome(request, what);
    if (words === null) return;
    const { place, requester } = request;
    await this.#options.messenger.enqueue(tx, `${key}:told`, { kind: 'reply', place, text: words, mention: requester });
  }

  async questioned(tx: Db, request: ConsentRequest, by: string, question: string): Promise<void> {
    const { place, requester, connectionName } = request;
    const text = `${by} asks about the consent for ${connectionName}: ${question}`;
    // The same press sent again says nothing twice.
    const key = `consent:${request.id}:question:${by}:${question}`;
    await this.#options.messenger.enqueue(tx, key, { kind: 'reply', place, text, mention: requester });
  }

  async reminded(tx: Db, request: ConsentRequest): Promise<void> {
    const days = Math.max(1, Math.round((request.expiresAt.getTime() - this.#now().getTime()) / 86_400_000));
    const left = days === 1 ? 'It ends tomorrow.' : `It ends in ${days} days.`;
    const text = `${request.requester.name} still waits for an administrator to agree to ${request.connectionName}. ${left} Type consent to see it.`;
    for (const { objectId, name, teamsId, chat } of request.approvers.slice(0, mostReminded)) {
      const key = `consent:${request.id}:reminder:${request.expiresAt.getTime()}:${request.reminders}:${objectId}`;
      if (chat !== null) await this.#options.messenger.enqueue(tx, key, { kind: 'reply', place: chat, text });
      else if (teamsId !== null)
        await this.#options.messenger.enqueue(tx, key, {
          kind: 'reply',
          place: request.place,
          text,
          mention: { objectId, teamsId, name },
        });
    }
  }

  settled(request: ConsentRequest): void {
    this.#options.messenger.nudge();
    this.#options.showConnection(request.connectionId);
  }

  /** A copy that was on its way while the request moved shows what it is now. */
  async caughtUp(tx: Db, request: ConsentRequest): Promise<void> {
    const key = `consent:${request.id}:${request.revision}:card`;
    await this.#options.messenger.enqueueCards(tx, key, follow(request), this.#shown(request));
    this.#options.messenger.nudge();
  }

  async #sendTo(tx: Db, request: ConsentRequest, people: readonly AskedPerson[]): Promise<void> {
    for (const { objectId, chat } of people) if (chat !== null) await this.#send(tx, request, objectId, chat);
  }

  async #send(tx: Db, request: ConsentRequest, to: string, place: Place): Promise<void> {
    await this.#options.messenger.enqueue(tx, `consent:${request.id}:to:${to}`, {
      kind: 'card',
      place,
      ...this.#shown(request),
      follow: follow(request),
    });
  }

  #shown(request: ConsentRequest) {
    const { card, summary } = consentReply(this.#options.clouds, { request, eyes: 'everybody', now: this.#now() });
    return { card, summary };
  }
}

const follow = ({ id }: ConsentRequest) => ({ subject: 'consent' as const, subjectId: id });

/** What is said aloud, because a card that changes alerts nobody. Null: the cards are enough. */
function outcome(request: ConsentRequest, what: ConsentNewsKind): string | null {
  const { connectionName: name, decidedBy } = request;
  switch (what) {
    case 'verified': {
      const { missing, further } = difference(request);
      return [
        decidedBy === null
          ? `${name} is connected: the consent was granted at Microsoft.`
          : `${name} is connected: ${decidedBy.name} granted the consent.`,
        missing.length === 0 ? '' : `Listed but not granted: ${missing.join(', ')}.`,
        further.length === 0 ? '' : `Granted but not listed: ${further.join(', ')}.`,
      ]
        .filter(Boolean)
        .join(' ');
    }
    case 'deny':
      return `${decidedBy?.name ?? 'Somebody'} denied the consent for ${name}${request.reason ? `: ${request.reason}` : '.'}`;
    case 'timeIsUp':
      return `Nobody decided on the consent for ${name} in time. Ask again, or ask somebody else.`;
    case 'notArrived':
      return `The consent for ${name} was reported as granted, but Microsoft’s tokens do not show it after 20 minutes. The card says what to look at.`;
    case 'switchedOff':
      return `The app of ${name} is disabled in its tenant. The card says who can enable it.`;
    case 'connectionChanged':
      return `The consent request for ${name} is over, because the connection was changed meanwhile.`;
    default:
      return null;
  }
}
