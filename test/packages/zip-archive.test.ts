import { ZipArchive } from '../../src/packages/zip-archive.ts';
import { memorySource } from '../fakes/memory-source.ts';
import { problemOf } from './fixtures/problem-of.ts';
import { buildZip } from './fixtures/zip-file.ts';

const open = (bytes: Buffer) => ZipArchive.open(memorySource(bytes));

describe('zip archive', () => {
  it.each([
    ['stored', 0],
    ['deflated', 8],
  ])('reads an entry that is %s', async (_, method) => {
    const content = Buffer.from('some content '.repeat(1000));
    const zip = await open(buildZip([{ name: 'a/b.txt', content, method }]));

    await expect(zip.readEntry('a/b.txt', 100_000)).resolves.toEqual(content);
    await expect(zip.readEntry('missing', 100_000)).resolves.toBeNull();
  });

  it('reads an entry larger than one read of the source', async () => {
    const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7919) % 251));
    const zip = await open(buildZip([{ name: 'large', content, method: 0 }]));

    const read = await zip.readEntry('large', 4_000_000);

    expect(read?.equals(content)).toBe(true);
  });

  it('lists names as they are, even those that point elsewhere', async () => {
    const names = ['../../outside', '/absolute', 'back\\slash', 'Größe.txt'];
    const zip = await open(buildZip(names.map((name) => ({ name, content: 'x' }))));

    expect([...zip.entries()]).toEqual(names);
  });

  it('reads a directory of 60,000 entries with few reads of the source', async () => {
    const entries = Array.from({ length: 60_000 }, (_, index) => ({
      name: `res/file-${index}`,
      content: 'x',
      method: 0,
    }));
    const source = memorySource(buildZip(entries));

    const zip = await ZipArchive.open(source);

    expect([...zip.entries()]).toHaveLength(60_000);
    expect(source.reads.length).toBeLessThan(200);
  });

  it('refuses more entries than anybody needs', async () => {
    const bytes = buildZip([{ name: 'a', content: 'x' }], { claimedEntries: 200_000 });

    const found = await problemOf(open(bytes));

    expect(found.code).toBe('packageBeyondLimits');
  });

  it('refuses a directory that is mostly comments', async () => {
    const comment = Buffer.alloc(0xffff, 'c');
    const bytes = buildZip(Array.from({ length: 1100 }, (_, index) => ({ name: `${index}`, content: '', comment })));

    const found = await problemOf(open(bytes));

    expect(found.code).toBe('packageBeyondLimits');
  });

  it('refuses an entry beyond the given limit by its claim, without reading it', async () => {
    const source = memorySource(buildZip([{ name: 'bomb', content: Buffer.alloc(5_000_000) }]));
    const zip = await ZipArchive.open(source);
    const before = source.reads.length;

    const found = await problemOf(zip.readEntry('bomb', 1_000_000));

    expect(found.code).toBe('packageBeyondLimits');
    expect(source.reads).toHaveLength(before);
  });

  it('stops inflating where an entry is larger than it claims', async () => {
    const zip = await open(buildZip([{ name: 'bomb', content: Buffer.alloc(50_000_000), claimedSize: 1000 }]));

    const found = await problemOf(zip.readEntry('bomb', 1_000_000));

    expect(found.code).toBe('packageMalformed');
  });

  it('limits what one archive may inflate to in all', async () => {
    const entries = Array.from({ length: 9 }, (_, index) => ({ name: `${index}`, content: Buffer.alloc(32_000_000) }));
    const zip = await open(buildZip(entries));
    const readAll = async () => {
      for (const { name } of entries) await zip.readEntry(name, 32_000_000);
    };

    const found = await problemOf(readAll());

    expect(found.code).toBe('packageBeyondLimits');
  });

  it('never throws anything but a problem for damaged bytes', async () => {
    const sound = buildZip([
      { name: 'a', content: 'some content' },
      { name: 'b', content: 'x', method: 0 },
    ]);
    const surprises: unknown[] = [];
    for (let at = 0; at < sound.length; at += 1)
      for (const value of [0x00, 0x7f, 0xff]) {
        const bytes = Buffer.from(sound);
        bytes[at] = value;
        try {
          const zip = await open(bytes);
          await zip.readEntry('a', 1000);
        } catch (error) {
          if ((error as Error).name !== 'ProblemError') surprises.push({ at, value, error });
        }
      }

    expect(surprises).toEqual([]);
  });
});
