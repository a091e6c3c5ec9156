/** Memory that the cipher's thread sees too, so that nothing is copied or moved between threads. */
export function sharedBuffer(size: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(size));
}

/** A fixed number of equal buffers: what bounds the memory of an upload. A buffer is made when it is first needed. */
export class BlockBuffers {
  readonly size: number;
  readonly #free: Buffer[] = [];
  readonly #waiting: ((buffer: Buffer) => void)[] = [];
  #unmade: number;

  constructor(count: number, size: number) {
    this.#unmade = count;
    this.size = size;
  }

  /** Null where every buffer is in use. */
  tryTake(): Buffer | null {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#unmade === 0) return null;
    this.#unmade -= 1;
    return sharedBuffer(this.size);
  }

  async take(signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    const free = this.tryTake();
    if (free !== null) return free;
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push((buffer) => {
        signal.removeEventListener('abort', stop);
        resolve(buffer);
      });
    });
  }

  give(buffer: Buffer): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(buffer);
    else next(buffer);
  }
}
