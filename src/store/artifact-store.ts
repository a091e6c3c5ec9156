import { createHash, randomBytes } from 'node:crypto';
import { constants, mkdirSync } from 'node:fs';
import { copyFile, type FileHandle, link, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource } from '../packages/byte-source.ts';
import { openFileSource } from '../packages/file-source.ts';
import { ProblemError } from '../problems/problem.ts';

/** Bytes that are safely kept. */
export interface StoredBytes {
  /** Opaque to everything but the store that made it. */
  location: string;
  size: number;
  /** Hex. */
  sha256: string;
}

export interface ReceiveOptions {
  /** More bytes than this are refused with `uploadTooLarge`. */
  maxBytes: number;
  signal?: AbortSignal;
}

/** Where the bytes of packages are kept. Nothing outside names a place in it. */
export interface ArtifactStore {
  /** Keeps what comes out of `bytes`, or nothing if it fails, is too large or is aborted. */
  receive(bytes: AsyncIterable<Uint8Array>, options: ReceiveOptions): Promise<StoredBytes>;
  /** Keeps a file of this machine and leaves the file where it is, so that a failure afterwards loses nothing. */
  receiveFile(path: string, signal?: AbortSignal): Promise<StoredBytes>;
  /** Throws `artifactGone`. */
  open(location: string): Promise<ByteSource>;
  remove(location: string): Promise<void>;
  /** Everything kept, with the time of the last write. */
  list(): AsyncIterable<{ location: string; changedAt: Date }>;
  /** Bytes that may still come; null where there is no limit to speak of. */
  room(): Promise<number | null>;
}

/** What stays free for everything else on the volume. */
const reserveBytes = 64 * 1024 ** 2;
const digestChunk = 1024 * 1024;
const locationShape = /^[0-9a-f]{32}$/;
/** A file being written ends in this, so that a half one is never taken for a package. */
const partEnding = '.part';

export class FolderArtifactStore implements ArtifactStore {
  readonly #folder: string;

  /** `folder` is made if it is not there; only this user can read it. */
  constructor({ folder }: { folder: string }) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
  }

  async receive(bytes: AsyncIterable<Uint8Array>, { maxBytes, signal }: ReceiveOptions): Promise<StoredBytes> {
    const location = randomBytes(16).toString('hex');
    return this.#whole(location, async (part) => {
      const handle = await open(part, 'wx', 0o600);
      try {
        const hash = createHash('sha256');
        let size = 0;
        for await (const chunk of bytes) {
          signal?.throwIfAborted();
          size += chunk.length;
          if (size > maxBytes) throw new ProblemError('uploadTooLarge');
          hash.update(chunk);
          await handle.writeFile(chunk);
        }
        await handle.sync();
        return { location, size, sha256: hash.digest('hex') };
      } finally {
        await handle.close();
      }
    });
  }

  async receiveFile(path: string, signal?: AbortSignal): Promise<StoredBytes> {
    const location = randomBytes(16).toString('hex');
    return this.#whole(location, async (part) => {
      // A second name costs nothing. Network shares often know none (SMB), and another volume never does: then copy.
      await link(path, part).catch(() => copyFile(path, part, constants.COPYFILE_EXCL));
      const handle = await open(part, 'r+');
      try {
        const { size, sha256 } = await digestOf(handle, signal);
        await handle.sync();
        return { location, size, sha256 };
      } finally {
        await handle.close();
      }
    });
  }

  async open(location: string): Promise<ByteSource> {
    try {
      return await openFileSource(this.#path(location));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new ProblemError('artifactGone', { cause: error });
      throw error;
    }
  }

  async remove(location: string): Promise<void> {
    const path = this.#path(location);
    await rm(path, { force: true });
    await rm(path + partEnding, { force: true });
  }

  async *list(): AsyncIterable<{ location: string; changedAt: Date }> {
    for (const name of await readdir(this.#folder)) {
      const location = name.endsWith(partEnding) ? name.slice(0, -partEnding.length) : name;
      if (!locationShape.test(location)) continue;
      const found = await stat(join(this.#folder, name)).catch(() => null);
      if (found !== null) yield { location, changedAt: found.ctime };
    }
  }

  async room(): Promise<number> {
    const volume = await statfs(this.#folder);
    return Math.max(0, volume.bavail * volume.bsize - reserveBytes);
  }

  #path(location: string): string {
    if (!locationShape.test(location)) throw new Error('Not a location of this artifact store');
    return join(this.#folder, location);
  }

  /** The bytes get their name only when they are all there and on the disk. */
  async #whole(location: string, write: (part: string) => Promise<StoredBytes>): Promise<StoredBytes> {
    const path = this.#path(location);
    const part = path + partEnding;
    try {
      const stored = await write(part);
      await rename(part, path);
      await this.#syncFolder();
      return stored;
    } catch (error) {
      await rm(part, { force: true });
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOSPC' || code === 'EDQUOT') throw new ProblemError('uploadStoreFull', { cause: error });
      throw error;
    }
  }

  /** Makes the new name survive a power cut. Some file systems cannot sync a folder; they keep names in their own way. */
  async #syncFolder(): Promise<void> {
    const handle = await open(this.#folder, 'r');
    try {
      await handle.sync().catch(() => undefined);
    } finally {
      await handle.close();
    }
  }
}

async function digestOf(
  handle: FileHandle,
  signal: AbortSignal | undefined,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(digestChunk);
  let size = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, digestChunk, size);
    if (bytesRead === 0) return { size, sha256: hash.digest('hex') };
    hash.update(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
}
