import { deflateSync } from 'node:zlib';
import type { DmgFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildApfs } from '../fixtures/apfs-volume.ts';
import { buildUdif, compressedAs, infoPlist } from '../fixtures/dmg-file.ts';
import { buildHfsVolume } from '../fixtures/hfs-volume.ts';
import { packLzfse } from '../fixtures/lzfse-file.ts';

const plist = Buffer.from(infoPlist());
const stored = (mark: number) => Buffer.concat([Buffer.from([mark]), plist]);
/** LZVN without a repetition: runs of literals. */
const lzvn = Buffer.concat([
  ...Array.from({ length: Math.ceil(plist.length / 200) }, (_, index) => {
    const run = plist.subarray(index * 200, (index + 1) * 200);
    return Buffer.concat([Buffer.from([0xe0, run.length - 16]), run]);
  }),
  Buffer.from([6, 0, 0, 0, 0, 0, 0, 0]),
]);

const volumes = { 'HFS+': buildHfsVolume, APFS: buildApfs } as const;
const read = (system: keyof typeof volumes, attributes: Record<string, Buffer>) => {
  const path = 'Notes.app/Contents/Info.plist';
  const disk = volumes[system]([{ path, content: '', isCompressed: true, attributes }]);
  return readPackage(memorySource(buildUdif(disk)), 'app.dmg') as Promise<DmgFacts>;
};

describe.each(['HFS+', 'APFS'] as const)('an Info.plist that %s keeps compressed', (system) => {
  it.each([
    ['as it is', 1, plist],
    ['in zlib', 3, deflateSync(plist)],
    ['in zlib that would only grow', 3, stored(0xff)],
    ['in LZVN', 7, lzvn],
    ['in LZVN that would only grow', 7, stored(0x06)],
    ['in LZFSE', 11, packLzfse(plist)],
    ['in LZFSE that would only grow', 11, stored(0xff)],
  ])('is read: %s', async (_, kind, packed) => {
    const facts = await read(system, compressedAs(kind, plist.length, packed));

    expect(facts).toMatchObject({ identifier: 'com.example.notes', version: '4.2', warnings: [] });
  });

  it.each([
    ['lies in a fork of the file', compressedAs(4, plist.length, Buffer.alloc(0))],
    ['is not where it should be', {}],
    ['is something else', { 'com.apple.decmpfs': Buffer.from('something else altogether') }],
  ])('is named where it %s', async (_, attributes) => {
    const facts = await read(system, attributes);

    expect(facts.details.apps).toEqual([]);
    expect(facts.warnings).toContainEqual(expect.stringContaining('compressed by the file system'));
  });

  it.each([
    ['damaged', compressedAs(3, plist.length, Buffer.from('no zlib'))],
    ['of another size', compressedAs(3, plist.length + 1, deflateSync(plist))],
    ['beyond measure', compressedAs(3, 2 ** 40, deflateSync(plist))],
  ])('does not pass for one where it is %s', async (_, attributes) => {
    // Trouble with APFS says nothing about an image; with HFS+ it does.
    const outcome = await read(system, attributes).catch((error: unknown) => error);

    expect(outcome).toMatchObject(
      system === 'APFS' ? { details: { apps: [] } } : { problem: { code: 'packageMalformed' } },
    );
  });
});
