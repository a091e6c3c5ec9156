import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { openFileSource } from '../../../src/packages/file-source.ts';
import { openIntunewinPayload } from '../../../src/packages/intunewin/intunewin-payload.ts';
import { verifyIntunewin } from '../../../src/packages/intunewin/verify-intunewin.ts';
import { ZipArchive } from '../../../src/packages/zip-archive.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildIntunewin, type IntunewinOptions, intunewinParts } from '../fixtures/intunewin-file.ts';
import { problemOf } from '../fixtures/problem-of.ts';

const plain = randomBytes(3_000_001);
const flipped = (at: number) => (sound: Buffer) => {
  const bytes = Buffer.from(sound);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};

describe('the inner file of an intunewin package', () => {
  it.each([
    ['as Microsoft’s tool writes it', 0],
    ['compressed', 8],
  ])('is read as it will be uploaded, %s', async (_, method) => {
    const { content } = intunewinParts({ plain });
    const bytes = buildIntunewin({ plain, contentEntry: { method } });

    const { source, detection } = await openIntunewinPayload(memorySource(bytes));

    expect(source.size).toBe(content.length);
    expect((await buffer(source.stream())).equals(content)).toBe(true);
    expect((await buffer(source.stream(1_000_000))).equals(content.subarray(1_000_000))).toBe(true);
    expect((await source.read(100, 50)).equals(content.subarray(100, 150))).toBe(true);
    expect((await source.read(content.length - 10, 50)).equals(content.subarray(-10))).toBe(true);
    expect(await source.read(content.length, 50)).toHaveLength(0);
    expect(detection.encryption).toMatchObject({ profileIdentifier: 'ProfileVersion1', fileDigestAlgorithm: 'SHA256' });
  });

  it.each([
    ['longer', -1],
    ['shorter', 1],
  ])('is refused where it is compressed and %s than it says', async (_, difference) => {
    const { content } = intunewinParts({ plain });
    const claimed = { method: 8, claimedSize: content.length + difference };
    const bytes = buildIntunewin({ plain, contentEntry: claimed });

    const found = await problemOf(
      ZipArchive.open(memorySource(bytes))
        .then((zip) => zip.openEntry(memorySource(bytes), 'IntuneWinPackage/Contents/IntunePackage.intunewin'))
        .then((source) => buffer(source!.stream())),
    );

    expect(found.detail).toMatch(/another size/);
  });

  it('is refused where it is compressed and damaged', async () => {
    const bytes = buildIntunewin({ plain, contentEntry: { method: 8 } });
    // Right behind the first name: a kind of block that there is not.
    bytes.fill(0xff, 30 + 49, 30 + 60);

    const found = await problemOf(openIntunewinPayload(memorySource(bytes)));

    expect(found.detail).toMatch(/damaged/);
  });

  it('is refused where it is not a package', async () => {
    const found = await problemOf(openIntunewinPayload(memorySource(Buffer.alloc(100))));

    expect(found.code).toBe('packageTruncated');
  });
});

describe('verifying an intunewin package', () => {
  const verify = (options: IntunewinOptions) => verifyIntunewin(memorySource(buildIntunewin(options)));

  it('accepts one whose content was compressed', async () => {
    await expect(verify({ plain, contentEntry: { method: 8 } })).resolves.toBeUndefined();
  });

  it.each([0, 1, 15, 16, 17, 3_000_001])('accepts a sound one of %i bytes', async (size) => {
    await expect(verify({ plain: plain.subarray(0, size) })).resolves.toBeUndefined();
  });

  it.each<[string, IntunewinOptions, RegExp]>([
    ['a changed byte', { content: flipped(1000) }, /MAC is wrong/],
    ['a changed last byte', { content: (sound) => flipped(sound.length - 1)(sound) }, /MAC is wrong/],
    ['another MAC key', { encryption: { MacKey: Buffer.alloc(32, 9).toString('base64') } }, /MAC is wrong/],
    ['another digest', { encryption: { FileDigest: Buffer.alloc(32, 9).toString('base64') } }, /digest is wrong/],
    ['a size that is one off', { info: { UnencryptedContentSize: String(plain.length - 1) } }, /size or digest/],
    ['another key', { encryption: { EncryptionKey: Buffer.alloc(32, 9).toString('base64') } }, /decrypted|digest/],
  ])('refuses %s', async (_, options, message) => {
    const found = await problemOf(verify({ plain, ...options }));

    expect(found.code).toBe('intunewinInvalid');
    expect(found.detail).toMatch(message);
  });

  it('stops with its signal', async () => {
    const work = verifyIntunewin(memorySource(buildIntunewin()), AbortSignal.abort(new Error('cancelled')));

    await expect(work).rejects.toThrow('cancelled');
  });
});

const folder = new URL('../../../../shared/corpus/intunewin/', import.meta.url);

if (existsSync(folder)) {
  it.each(readdirSync(folder))('verifies the real package %s', async (name) => {
    const source = await openFileSource(new URL(name, folder).pathname);

    await expect(verifyIntunewin(source)).resolves.toBeUndefined();
    await source.close();
  });
} else {
  it.skip('real intunewin packages are not on this machine and were not verified', () => {});
}
