import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildApk } from '../fixtures/apk-file.ts';
import { buildArsc } from '../fixtures/arsc-file.ts';
import { buildDmg, buildUdif, notesApp } from '../fixtures/dmg-file.ts';
import { appInfo, buildIpa } from '../fixtures/ipa-file.ts';
import { buildProduct, buildXar } from '../fixtures/pkg-file.ts';
import { xmlPlist } from '../fixtures/property-list-file.ts';
import { buildZip } from '../fixtures/zip-file.ts';

const mostGrowth = 64;
const run = promisify(execFile);
const reader = fileURLToPath(new URL('read-and-measure.ts', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quartermaster-memory-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function growth(small: Buffer, large: Buffer, ending: string): Promise<{ grown: number; said: string }> {
  const [one, other] = [join(folder, `small.${ending}`), join(folder, `large.${ending}`)];
  writeFileSync(one, small);
  writeFileSync(other, large);
  const { stdout } = await run(process.execPath, ['--expose-gc', '--no-warnings', reader, one, other]);
  return JSON.parse(stdout);
}

const longNames = (start: string, end = '') =>
  Array.from({ length: 60_000 }, (_, index) => ({
    name: `${start}${String(index).padStart(140, 'x')}${end}`,
    content: '',
    method: 0,
  }));

/** The list of blocks that an image of a hundred thousand pieces has. */
function blockList(rows: number): string {
  const header = Buffer.alloc(204);
  header.write('mish', 0, 'latin1');
  header.writeUInt32BE(rows, 200);
  const list = Buffer.alloc(rows * 40);
  for (let row = 0; row < rows; row += 1) {
    list.writeUInt32BE(1, row * 40);
    list.writeBigUInt64BE(BigInt(row), row * 40 + 8);
    list.writeBigUInt64BE(1n, row * 40 + 16);
    list.writeBigUInt64BE(512n, row * 40 + 32);
  }
  const data = Buffer.concat([header, list]).toString('base64');
  return `<plist><dict><key>resource-fork</key><dict><key>blkx</key><array><dict><key>Data</key><data>${data}</data></dict></array></dict></dict></plist>`;
}

const bundles = '<bundle id="a" path="b"/>'.repeat(9_000);
const packageInfos = Array.from({ length: 20 }, (_, index) => ({
  path: `p${index}/PackageInfo`,
  content: `<pkg-info identifier="a" version="1">${bundles}</pkg-info>`,
}));
const references = `${xmlPlist(appInfo()).toString()}`.replace(
  '<dict>',
  `<dict><key>x</key><string>${'&lt;'.repeat(250_000)}</string>`,
);
const resources = Buffer.concat([buildArsc([{ typeId: 1, values: { 0: 'x' } }]), Buffer.alloc(31 * 1024 ** 2, 0x41)]);

describe('the memory that a reader takes', () => {
  it.each([
    [
      'many large resources',
      'apk',
      /apk/,
      buildApk,
      () => buildApk({}, [{ name: 'resources.arsc', content: resources }]),
    ],
    ['long names beside an app', 'ipa', /ipa/, buildIpa, () => buildIpa({ entries: longNames('Payload/Notes.app/') })],
    [
      'many references in Info.plist',
      'ipa',
      /too many references/,
      buildIpa,
      () => buildIpa({ info: Buffer.from(references) }),
    ],
    [
      'thousands of programs',
      'zip',
      /zip/,
      () => buildZip(longNames('a').slice(0, 1)),
      () => buildZip(longNames('a/', '.exe')),
    ],
    [
      'a long text in a table of contents',
      'pkg',
      /no Distribution/,
      buildProduct,
      () => buildXar([], { toc: `<xar><toc>${'x'.repeat(4_000_000)}</toc></xar>` }),
    ],
    ['many packages that say much', 'pkg', /too many elements/, buildProduct, () => buildXar(packageInfos)],
    [
      'a list of many blocks',
      'dmg',
      /dmg/,
      () => buildDmg([notesApp]),
      () => buildUdif(Buffer.alloc(65_536), { plist: blockList(120_000) }),
    ],
  ])('is bounded for %s', async (_, ending, expected, small, large) => {
    const { grown, said } = await growth(small(), large(), ending);

    expect(grown).toBeLessThan(mostGrowth);
    expect(said).toMatch(expected);
  });
});
