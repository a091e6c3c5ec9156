import { buffer } from 'node:stream/consumers';
import { storedZip, storedZipSize, type ZipMember } from '../../src/packages/stored-zip.ts';
import { ZipArchive } from '../../src/packages/zip-archive.ts';
import { patternBytes } from '../fakes/content.ts';
import { memorySource } from '../fakes/memory-source.ts';

const member = (name: string, content: Buffer, chunk = 10_000): ZipMember => ({
  name,
  size: content.length,
  async *stream() {
    for (let at = 0; at < content.length; at += chunk) yield content.subarray(at, at + chunk);
  },
});

describe('a zip archive that is made while it is read', () => {
  it.each([0, 1, 65_534, 65_535, 65_536, 131_070, 1_000_003])('holds a file of %d bytes', async (size) => {
    const content = patternBytes(size);

    const bytes = await buffer(storedZip([member('Setup é.exe', content)]));

    expect(bytes.length).toBe(storedZipSize([{ name: 'Setup é.exe', size }]));
    const zip = await ZipArchive.open(memorySource(bytes));
    expect((await zip.readEntry('Setup é.exe', size + 1))?.equals(content)).toBe(true);
  });

  it('holds several files, in folders', async () => {
    const members = ['a.txt', 'x/b.txt', 'x/y/c.txt'].map((name) => member(name, Buffer.from(name)));

    const bytes = await buffer(storedZip(members));

    expect(bytes.length).toBe(storedZipSize(members));
    const zip = await ZipArchive.open(memorySource(bytes));
    expect([...zip.entries()]).toEqual(['a.txt', 'x/b.txt', 'x/y/c.txt']);
    expect((await zip.readEntry('x/y/c.txt', 100))?.toString()).toBe('x/y/c.txt');
  });

  it('is the same whenever it is made and however its bytes arrive', async () => {
    const content = patternBytes(300_001);
    const made = (chunk: number) => buffer(storedZip([member('a.bin', content, chunk)]));

    expect((await made(1_000)).equals(await made(77_777))).toBe(true);
  });

  it('fails where a file has another length than it said', async () => {
    const lying = { ...member('a', Buffer.alloc(10)), size: 11 };

    await expect(buffer(storedZip([lying]))).rejects.toThrow('another length');
  });

  it('knows its size beyond 4 GiB, where numbers need more room', () => {
    const size = 4 * 1024 ** 3 + 5;
    const blocks = Math.ceil(size / 65_535) * 5;

    // Header with two large numbers, blocks, large descriptor, entry with two large numbers, large end and the usual one.
    expect(storedZipSize([{ name: 'big', size }])).toBe(30 + 3 + 20 + size + blocks + 24 + 46 + 3 + 20 + 76 + 22);
  });
});
