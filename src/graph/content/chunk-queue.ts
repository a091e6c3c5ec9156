import type { Readable } from 'node:stream';

/**
 * The chunks of a stream, one after the other. Iterating a stream would join what has gathered in its buffer, which
 * copies every byte once more; flowing mode hands the chunks over as they are.
 */
export class ChunkQueue {
  readonly #stream: Readable;
  readonly #chunks: Buffer[] = [];
  #ended = false;
  #failure: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(stream: Readable, signal: AbortSignal) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      stream.pause();
      this.#wake?.();
    });
    stream.once('end', () => {
      this.#ended = true;
      this.#wake?.();
    });
    // Stays after the end: an error that nobody hears would end the process.
    stream.on('error', (error: Error) => this.#fail(error));
    stream.once('close', () => {
      if (!this.#ended) this.#fail(new Error('The source was closed before its end'));
    });
    const stop = () => this.#fail(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', stop));
  }

  /** Null at the end. */
  async next(): Promise<Buffer | null> {
    for (;;) {
      if (this.#failure !== null) throw this.#failure;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        if (chunk.length > 0) return chunk;
        continue;
      }
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#stream.resume();
      });
      this.#wake = null;
    }
  }

  close(): void {
    this.#stream.destroy();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }
}
