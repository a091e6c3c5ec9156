import type { DmgFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { type ApfsEntry, type ApfsOptions, buildApfs } from '../fixtures/apfs-volume.ts';
import { buildUdif, infoPlist, notesApp, withGpt } from '../fixtures/dmg-file.ts';

const read = (bytes: Buffer) => readPackage(memorySource(bytes), 'app.dmg') as Promise<DmgFacts>;
const image = (entries: readonly ApfsEntry[], options: ApfsOptions = {}) =>
  read(buildUdif(withGpt(buildApfs(entries, options))));

const notes = { bundleId: 'com.example.notes', bundleVersion: '4.2', name: 'Notes' };
const files = Array.from({ length: 20 }, (_, index) => ({ path: `File ${index}.txt`, content: 'x' }));
const long = infoPlist({ NSHumanReadableCopyright: 'x'.repeat(9_000) });

describe('facts of a disk image with an APFS volume', () => {
  it.each([
    ['plain names', {}],
    ['hashed names', { hasHashedNames: true }],
  ])('are those of the app in it, with %s', async (_, options) => {
    const facts = await image([...files, notesApp], options);

    expect(facts).toMatchObject({ identifier: 'com.example.notes', version: '4.2', warnings: [] });
    expect(facts.details.apps).toEqual([notes]);
  });

  it('are put together from scattered pieces', async () => {
    const facts = await image([{ path: 'Notes.app/Contents/Info.plist', content: long }]);

    expect(facts.details.apps).toEqual([notes]);
  });

  it('are those of all volumes in the container', async () => {
    const both = await image([notesApp], { second: 'same' });
    const open = await image([notesApp], { second: 'encrypted' });

    expect(both.details.apps).toEqual([notes, notes]);
    expect(open.details.apps).toEqual([notes]);
    expect(open.warnings).toContainEqual(expect.stringContaining('encrypted volume'));
    expect([both.details.encrypted, open.details.encrypted]).toEqual([false, true]);
  });

  it.each([
    ['is encrypted', [notesApp], { isEncrypted: true }, /encrypted volume/],
    ['has a compressed Info.plist', [{ ...notesApp, isCompressed: true }], {}, /compressed by the file system/],
    ['has a link for an Info.plist', [{ ...notesApp, isLink: true }], {}, /a link/],
    ['has an Info.plist beyond measure', [{ ...notesApp, content: Buffer.alloc(5 * 1024 ** 2) }], {}, /APFS/],
  ])('stay unknown where the volume %s', async (_, entries, options, expected) => {
    const facts = await image(entries, options);

    expect(facts.details.apps).toEqual([]);
    expect(facts.warnings).toContainEqual(expect.stringMatching(expected));
  });

  it('stay unknown where a tree leads to itself', async () => {
    const volume = buildApfs([...files, notesApp]);
    const root = 6 * 4096;
    // The value of the root's first record, a child's number: that of the root itself.
    volume.writeBigUInt64LE(2000n, root + 4096 - 40 - 8);

    const facts = await read(buildUdif(volume));

    expect(facts.details.apps).toEqual([]);
    expect(facts.warnings).toContainEqual(expect.stringContaining('APFS'));
  });
});
