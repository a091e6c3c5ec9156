import type { AcknowledgedBlock } from '../graph/content/block-upload.ts';

/**
 * Remembers acknowledged blocks in groups: while one group is being written, the next gathers. Whoever adds a block
 * waits until it is written.
 */
export class BlockJournal {
  readonly #write: (blocks: readonly AcknowledgedBlock[]) => Promise<void>;
  #gathering: AcknowledgedBlock[] = [];
  #writing: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(write: (blocks: readonly AcknowledgedBlock[]) => Promise<void>) {
    this.#write = write;
  }

  add(block: AcknowledgedBlock): Promise<void> {
    this.#gathering.push(block);
    this.#next ??= this.#writeNext();
    return this.#next;
  }

  async #writeNext(): Promise<void> {
    // A failed group fails those who wait for it; the next one tries for itself.
    await this.#writing?.catch(() => undefined);
    const group = this.#gathering;
    this.#gathering = [];
    this.#next = null;
    this.#writing = this.#write(group);
    await this.#writing;
  }
}
