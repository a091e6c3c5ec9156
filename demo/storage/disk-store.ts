import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlockStore } from './block-store.ts';

interface Blob {
  folder: string;
  blocks: Map<string, string>;
  committed: string[] | null;
}

const fileName = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Keeps blocks as files of a temporary folder: large uploads take no memory. */
export async function makeDiskStore(): Promise<BlockStore> {
  const root = await mkdtemp(join(tmpdir(), 'local-cloud-'));
  const blobs = new Map<string, Blob>();
  let sequence = 0;

  const blobAt = async (name: string): Promise<Blob> => {
    const known = blobs.get(name);
    if (known) return known;
    const blob: Blob = { folder: join(root, fileName(name)), blocks: new Map(), committed: null };
    blobs.set(name, blob);
    await mkdir(blob.folder, { recursive: true });
    return blob;
  };

  return {
    async putBlock(name, blockId, bytes) {
      const blob = await blobAt(name);
      sequence += 1;
      const part = join(blob.folder, `part-${sequence}`);
      const file = await open(part, 'w');
      try {
        for await (const chunk of bytes) await file.writeFile(chunk);
      } finally {
        await file.close();
      }
      const target = join(blob.folder, fileName(blockId));
      await rename(part, target);
      blob.blocks.set(blockId, target);
    },
    async putBlockList(name, blockIds) {
      const blob = await blobAt(name);
      const files = blockIds.map((id) => blob.blocks.get(id));
      if (files.some((file) => file === undefined)) return false;
      blob.committed = files as string[];
      return true;
    },
    async read(name) {
      const files = blobs.get(name)?.committed;
      if (!files) return null;
      return (async function* () {
        for (const file of files)
          yield* createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;
      })();
    },
    async remove(name) {
      const blob = blobs.get(name);
      blobs.delete(name);
      if (blob) await rm(blob.folder, { recursive: true, force: true });
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}
