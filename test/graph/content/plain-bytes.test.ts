import { createHash } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedBuffer } from '../../../src/graph/content/block-buffers.ts';
import { plainBytes } from '../../../src/graph/content/plain-bytes.ts';
import type { ByteSource } from '../../../src/packages/byte-source.ts';
import { openFileSource } from '../../../src/packages/file-source.ts';
import { patternBytes } from '../../fakes/content.ts';
import { problemOf } from '../../fakes/problem-of.ts';

const mebibyte = 1024 * 1024;
const never = new AbortController().signal;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plain-bytes-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function fileOf(bytes: Buffer): Promise<{ path: string; source: ByteSource }> {
  const path = join(folder, 'package.bin');
  await writeFile(path, bytes);
  return { path, source: await openFileSource(path) };
}

describe('the bytes of a file', () => {
  it('are read straight into the memory that the cipher shares, without a stream', async () => {
    const bytes = patternBytes(3 * mebibyte + 17);
    const { source } = await fileOf(bytes);
    const streamless: ByteSource = {
      size: source.size,
      read: () => Promise.reject(new Error('not wanted')),
      readInto: (target, offset, signal) =>
        source.readInto?.(target, offset, signal) ?? Promise.reject(new Error('gone')),
      stream: () => {
        throw new Error('not wanted');
      },
      close: () => source.close(),
    };
    const plain = plainBytes(streamless, never);
    const seen = createHash('sha256');
    const [first, second] = [sharedBuffer(2 * mebibyte - 48), sharedBuffer(mebibyte + 65)];

    await plain.fill(first, (part) => seen.update(part));
    await plain.fill(second, (part) => seen.update(part));
    await plain.expectEnd();
    await source.close();

    expect(Buffer.concat([first, second]).equals(bytes)).toBe(true);
    expect(seen.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('that are cut off meanwhile are reported', async () => {
    const { path, source } = await fileOf(patternBytes(mebibyte));
    const plain = plainBytes(source, never);
    await truncate(path, 1000);

    const filled = plain.fill(sharedBuffer(mebibyte), () => undefined);

    expect((await problemOf(filled)).code).toBe('packageTruncated');
    await source.close();
  });

  it('are not read on after an abort', async () => {
    const { source } = await fileOf(patternBytes(2 * mebibyte));
    const stop = new AbortController();
    const plain = plainBytes(source, stop.signal);
    const seen: number[] = [];

    const filled = plain.fill(sharedBuffer(2 * mebibyte), (part) => {
      seen.push(part.length);
      stop.abort(new Error('enough'));
    });

    await expect(filled).rejects.toThrow('enough');
    expect(seen).toEqual([mebibyte]);
    await source.close();
  });
});
