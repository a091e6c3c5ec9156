import { createHash } from 'node:crypto';
import { type LinkServer, serveFile } from '../packages/fixtures/link-server.ts';
import { cardFaults, cardText } from './card-check.ts';
import type { FakeMessage, FakePlace, Person } from './connector.ts';
import type { ProductRig } from './product-rig.ts';
import { waitFor } from './wait-for.ts';

export type Sent = FakeMessage & { card: NonNullable<FakeMessage['card']> };

/** One conversation of its own, in which packages are published one after the other. */
export class PublishConversation {
  readonly place: FakePlace;
  readonly #rig: ProductRig;
  readonly #files: LinkServer;
  readonly #person: Person;

  private constructor(rig: ProductRig, files: LinkServer, person: Person, place: FakePlace) {
    this.#rig = rig;
    this.#files = files;
    this.#person = person;
    this.place = place;
  }

  static async start(rig: ProductRig, files: LinkServer, person: Person): Promise<PublishConversation> {
    const { general } = rig.teams.team('Apps', [person]);
    await rig.teams.install(general, person);
    await rig.connect(person, general);
    return new PublishConversation(rig, files, person, general);
  }

  get #intune() {
    return this.#rig.cloud.state.intune(this.#rig.registration().tenantId);
  }

  /** The draft of a package behind a link. */
  draft(bytes: Buffer, name: string): Promise<Sent> {
    return this.#answer(bytes, name, 'Show the plan');
  }

  refusal(bytes: Buffer, name: string): Promise<Sent> {
    return this.#answer(bytes, name, 'Refused');
  }

  async #answer(bytes: Buffer, name: string, words: string): Promise<Sent> {
    this.#files.answer = serveFile(bytes, { etag: `"${createHash('sha256').update(bytes).digest('hex')}"` });
    const { message } = await this.#rig.teams.say(this.#person, this.place, `publish ${this.#files.origin}/${name}`);
    return waitFor(() => this.#newest(message.id, words));
  }

  /** What a person sees after a press, filled as the card was filled. */
  async press(card: Sent, verb: string, change: Record<string, unknown> = {}, title?: string): Promise<Sent> {
    const action = card.card.actions?.find(
      (candidate) => candidate.verb === verb && (title === undefined || String(candidate.title).includes(title)),
    );
    if (action === undefined) throw new Error(`The card has no ${verb}`);
    const data = { ...inputsOf(card), ...(action.data as object), ...change };
    const pressed = await this.#rig.teams.press(this.#person, card, verb, data);
    if (pressed.card === null) throw new Error(`The press was answered with ${pressed.text}`);
    expect(cardFaults(pressed.card)).toEqual([]);
    return { ...card, card: pressed.card } as Sent;
  }

  async publish(draft: Sent, change: Record<string, unknown> = {}, choice: Record<string, unknown> = {}) {
    const plan = await this.press(draft, 'publish.plan', change);
    expect(cardText(plan.card)).toContain('What will happen');
    await this.confirm(plan, choice);
    return plan;
  }

  /** The card of the job that has published it. */
  async confirm(plan: Sent, choice: Record<string, unknown> = {}): Promise<Sent> {
    const running = await this.press(plan, 'publish.confirm', choice);
    return waitFor(() => this.#newest('0', '✓ Published', running.id), 30_000);
  }

  apps(type: string, displayName: string) {
    return [...this.#intune.apps.values()].filter(
      (app) => app.type === type && app.properties.displayName === displayName,
    );
  }

  #newest(after: string, words: string, id?: string): Sent | undefined {
    return this.#rig.teams
      .messages(this.place)
      .filter((message): message is Sent => message.card !== null && cardText(message.card).includes(words))
      .filter((message) => (id === undefined ? Number(message.id) > Number(after) : message.id === id))
      .at(-1);
  }
}

/** The values that a card's inputs have before anybody types. */
function inputsOf({ card }: Sent): Record<string, string> {
  const values: Record<string, string> = {};
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    const node = value as Record<string, unknown>;
    if (String(node.type).startsWith('Input.') && typeof node.id === 'string')
      values[node.id] = typeof node.value === 'string' ? node.value : '';
    for (const child of Object.values(node)) walk(child);
  };
  walk(card);
  return values;
}
