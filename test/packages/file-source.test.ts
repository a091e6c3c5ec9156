import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { openFileSource } from '../../src/packages/file-source.ts';
import { problemOf } from './fixtures/problem-of.ts';

const bytes = randomBytes(2_500_000);

describe('bytes of a file', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'file-source-'));
    path = join(folder, 'package');
    await writeFile(path, bytes);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    [0, 10],
    [2_499_990, 10],
    [2_499_990, 1_000_000_000_000],
    [2_500_000, 10],
    [5_000_000, 10],
    [100, 0],
  ])('are read at %i for %i', async (offset, length) => {
    await using source = await opened(path);

    const read = await source.read(offset, length);

    expect(source.size).toBe(bytes.length);
    expect(read.equals(bytes.subarray(offset, offset + length))).toBe(true);
  });

  it('are read beyond 4 GiB', async () => {
    const far = 5 * 1024 ** 3;
    await truncate(path, far + 100);
    await using source = await opened(path);

    const read = await source.read(far, 1000);

    expect(read.equals(Buffer.alloc(100))).toBe(true);
  });

  it('are streamed whole, and from the middle', async () => {
    await using source = await opened(path);

    expect((await buffer(source.stream())).equals(bytes)).toBe(true);
    expect((await buffer(source.stream(1_100_000))).equals(bytes.subarray(1_100_000))).toBe(true);
  });

  it('fail rather than end early when the file shrinks', async () => {
    await using source = await opened(path);
    await truncate(path, 1_000_000);

    expect((await problemOf(buffer(source.stream()))).code).toBe('packageTruncated');
  });

  it('end with the reason of the signal', async () => {
    await using source = await opened(path);

    await expect(source.read(0, 10, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
  });

  it('are not those of a folder', async () => {
    await expect(openFileSource(folder)).rejects.toThrow();
  });
});

async function opened(path: string) {
  const source = await openFileSource(path);
  return Object.assign(source, { [Symbol.asyncDispose]: () => source.close() });
}
