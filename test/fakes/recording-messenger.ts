import type { Message, Messenger } from '../../src/dialogs/messenger.ts';

/** Keeps what would be left in chats; the same key counts once, as in the outbox. */
export class RecordingMessenger implements Messenger {
  readonly messages: Message[] = [];
  /** Final cards of subjects that cards follow. */
  cards = 0;
  readonly #keys = new Set<string>();

  async enqueue(_tx: unknown, key: string, message: Message): Promise<void> {
    if (this.#isNew(key)) this.messages.push(message);
  }

  async enqueueCards(_tx: unknown, key: string): Promise<void> {
    if (this.#isNew(key)) this.cards += 1;
  }

  nudge(): void {}

  refreshCards(): void {}

  get replies(): string[] {
    return this.messages.flatMap((message) => (message.kind === 'reply' ? [message.text] : []));
  }

  clear(): void {
    this.messages.splice(0);
    this.cards = 0;
  }

  #isNew(key: string): boolean {
    const isNew = !this.#keys.has(key);
    this.#keys.add(key);
    return isNew;
  }
}
