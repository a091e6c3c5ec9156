import { type Cipheriv, createCipheriv } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { ContentKeys } from './content-keys.ts';
import { RunningMac } from './running-mac.ts';

/** Small enough that a piece is still in the processor's cache when it is copied; a multiple of the cipher's block. */
const pieceBytes = 256 * 1024;

export interface CipherTask {
  /** A multiple of 16 bytes unless `last`. */
  plain: Uint8Array;
  /** Where the ciphertext goes; it may start where `plain` does, as nothing is written before it was read. */
  out: Uint8Array;
  last: boolean;
}

export interface CipherResult {
  /** Bytes in `out`. */
  written: number;
  /** The MAC as if the file ended here, base64. */
  mac: string;
}

/**
 * AES-256-CBC and HMAC-SHA-256 over the parts of one file, in order. Both buffers of a task stay untouched by others
 * until it is answered.
 */
export interface ContentCipher {
  encrypt(task: CipherTask): Promise<CipherResult>;
  close(): Promise<void>;
}

export class TaskCipher {
  readonly #cipher: Cipheriv;
  readonly #mac: RunningMac;

  constructor({ encryptionKey, macKey, initializationVector }: Record<keyof ContentKeys, Uint8Array>) {
    this.#cipher = createCipheriv('aes-256-cbc', encryptionKey, initializationVector);
    this.#mac = new RunningMac(macKey);
    this.#mac.update(initializationVector);
  }

  run({ plain, out, last }: CipherTask): CipherResult {
    let written = 0;
    const keep = (piece: Uint8Array) => {
      this.#mac.update(piece);
      out.set(piece, written);
      written += piece.length;
      release(piece);
    };
    for (let from = 0; from < plain.length; from += pieceBytes)
      keep(this.#cipher.update(plain.subarray(from, from + pieceBytes)));
    if (last) keep(this.#cipher.final());
    return { written, mac: this.#mac.soFar() };
  }
}

/** Hands the memory back at once: the garbage collector would let tens of MiB pile up before it looks. */
function release(piece: Uint8Array): void {
  if (piece.buffer instanceof ArrayBuffer && piece.byteLength === piece.buffer.byteLength) piece.buffer.transfer(0);
}

/** For small files: a thread would take longer to start than the work takes. */
export function inlineCipher(keys: ContentKeys): ContentCipher {
  const cipher = new TaskCipher(keys);
  return {
    encrypt: async (task) => cipher.run(task),
    close: async () => undefined,
  };
}

/** The cipher on a thread of its own, so that hashing and sending go on beside it. Works on shared memory. */
export function threadCipher(keys: ContentKeys): ContentCipher {
  const thread = new Worker(new URL('./cipher-thread.ts', import.meta.url), {
    workerData: keys,
    // Flags of this process, such as those of a test runner, mean nothing to the thread.
    execArgv: [],
  });
  const waiting: { resolve(result: CipherResult): void; reject(error: unknown): void }[] = [];
  let broken: unknown;
  const breakDown = (error: unknown) => {
    broken ??= error;
    for (const task of waiting.splice(0)) task.reject(error);
  };
  thread.on('message', (result: CipherResult) => waiting.shift()?.resolve(result));
  thread.on('error', breakDown);
  thread.on('exit', () => breakDown(new Error('The cipher thread has ended')));
  return {
    encrypt(task) {
      if (broken !== undefined) return Promise.reject(broken);
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        thread.postMessage(task);
      });
    },
    async close() {
      await thread.terminate();
    },
  };
}

/** From here on a second thread pays. */
const threadFrom = 16 * 1024 * 1024;

export function cipherFor(size: number, keys: ContentKeys): ContentCipher {
  return size < threadFrom ? inlineCipher(keys) : threadCipher(keys);
}
