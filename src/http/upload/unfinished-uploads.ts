import { createWriteStream, mkdirSync } from 'node:fs';
import { readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import { ProblemError } from '../../problems/problem.ts';

type Upload = Awaited<ReturnType<FileStore['getUpload']>>;

const infoEnding = '.json';
/** What stays free for everything else on the volume. */
const reserveBytes = 64 * 1024 ** 2;

/** The folder in which uploads grow: for each one its bytes, and a file that tells its size and name. */
export class UnfinishedUploads extends FileStore {
  readonly #folder: string;
  readonly #ttlMs: number;

  constructor({ folder, ttlMs }: { folder: string; ttlMs: number }) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    super({ directory: folder, expirationPeriodInMilliseconds: ttlMs });
    this.#folder = folder;
    this.#ttlMs = ttlMs;
    // An upload tells its size at the start, so that one that is too large is refused before its bytes come.
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  }

  override async create(upload: Upload): Promise<Upload> {
    const path = this.pathOf(upload.id);
    await writeFile(path, '', { mode: 0o600, flag: 'wx' });
    await this.configstore.set(upload.id, upload);
    upload.storage = { type: 'file', path };
    return upload;
  }

  override async write(bytes: Readable, id: string, offset: number): Promise<number> {
    const file = createWriteStream(this.pathOf(id), { flags: 'r+', start: offset });
    try {
      await pipeline(bytes, file);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOSPC' || code === 'EDQUOT') throw new ProblemError('uploadStoreFull', { cause: error });
      throw error;
    }
    return offset + file.bytesWritten;
  }

  pathOf(id: string): string {
    return join(this.#folder, id);
  }

  /** Size and name as they were announced, as long as anything is known of the upload. */
  async announced(id: string): Promise<{ size: number; fileName: string } | null> {
    const upload = await this.configstore.get(id);
    return upload?.size === undefined ? null : { size: upload.size, fileName: upload.metadata?.filename ?? '' };
  }

  /** The bytes go, and what is known of the upload stays until the sweep: a client that asks learns that it is complete. */
  async dropBytes(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  /** Removes every upload whose id starts so. */
  async removeAll(prefix: string): Promise<void> {
    for (const name of await readdir(this.#folder))
      if (name.startsWith(prefix)) await rm(join(this.#folder, name), { force: true });
  }

  async assertRoomFor(bytes: number): Promise<void> {
    const volume = await statfs(this.#folder);
    if (volume.bavail * volume.bsize < bytes + reserveBytes) throw new ProblemError('uploadStoreFull');
  }

  /** Removes what nobody has gone on with for too long. Returns how many uploads went. */
  async sweep(now: Date): Promise<number> {
    const oldest = now.getTime() - this.#ttlMs;
    const removed = new Set<string>();
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => null);
      if (found === null || found.mtimeMs > oldest) continue;
      const id = name.endsWith(infoEnding) ? name.slice(0, -infoEnding.length) : name;
      const bytes = await stat(this.pathOf(id)).catch(() => null);
      if (bytes !== null && bytes.mtimeMs > oldest) continue;
      await rm(path, { force: true });
      removed.add(id);
    }
    return removed.size;
  }
}
