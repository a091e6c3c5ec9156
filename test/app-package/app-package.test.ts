import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';
import { appPackage } from '../../appPackage/app-package.ts';
import { zip } from '../../appPackage/zip.ts';
import { environment } from './values.ts';

/** Reads with a library that checks sizes, and checks the sums that it leaves to us. */
async function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const archive = await yauzl.fromBufferPromise(bytes);
  const files = new Map<string, Buffer>();
  for await (const entry of archive.eachEntry())
    files.set(entry.fileName, await buffer(await archive.openReadStreamPromise(entry)));
  return files;
}

describe('the app package', () => {
  it('holds the manifest and the icons, not in a folder', async () => {
    const files = await unzip(appPackage(environment));

    expect([...files.keys()]).toEqual(['manifest.json', 'color.png', 'outline.png']);
    expect(JSON.parse(files.get('manifest.json')?.toString() ?? '')).toMatchObject({ manifestVersion: '1.29' });
    for (const name of ['color.png', 'outline.png'])
      expect(files.get(name)).toEqual(readFileSync(new URL(`../../appPackage/${name}`, import.meta.url)));
  });

  it('is the same, byte for byte, each time it is built', () => {
    expect(Buffer.compare(appPackage(environment), appPackage({ ...environment }))).toBe(0);
  });

  it('is not built without its settings', () => {
    expect(() => appPackage({})).toThrow(/^MICROSOFT_APP_ID, .*: missing/);
  });
});

describe('the zip writer', () => {
  it.each([
    ['no file', []],
    ['an empty file', [{ name: 'empty', bytes: Buffer.alloc(0) }]],
    [
      'several files',
      [
        { name: 'a.txt', bytes: Buffer.from('one') },
        { name: 'b.bin', bytes: Buffer.from([0, 255, 10, 13]) },
      ],
    ],
  ])('writes %s so that a reader finds them again', async (_, entries) => {
    const files = await unzip(zip(entries));

    expect([...files].map(([name, bytes]) => ({ name, bytes }))).toEqual(entries);
  });

  it('writes the checksum that the format asks for', () => {
    // The check value of CRC-32, from its catalogue entry: the sum over "123456789" is cbf43926.
    const archive = zip([{ name: 'n', bytes: Buffer.from('123456789') }]);

    expect(archive.readUInt32LE(14).toString(16)).toBe('cbf43926');
  });
});
