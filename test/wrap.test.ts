import { spawnSync } from 'node:child_process';
import { createDecipheriv } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { openFileSource } from '../src/packages/file-source.ts';
import { openIntunewinPayload } from '../src/packages/intunewin/intunewin-payload.ts';
import { verifyIntunewin } from '../src/packages/intunewin/verify-intunewin.ts';
import { readPackage } from '../src/packages/read-package.ts';
import { ZipArchive } from '../src/packages/zip-archive.ts';
import { memorySource } from './fakes/memory-source.ts';
import { buildMsi } from './packages/fixtures/msi-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quartermaster-wrap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const wrap = (...words: string[]) => spawnSync(process.execPath, ['src/wrap.ts', ...words], { encoding: 'utf8' });

/** The content as a device unpacks it. */
async function contentOf(path: string): Promise<ZipArchive> {
  const source = await openFileSource(path);
  try {
    await verifyIntunewin(source);
    const { detection, source: payload } = await openIntunewinPayload(source);
    const key = Buffer.from(detection.encryption.encryptionKey, 'base64');
    const vector = Buffer.from(detection.encryption.initializationVector, 'base64');
    const decipher = createDecipheriv('aes-256-cbc', key, vector);
    const sealed = await buffer(payload.stream(48));
    return await ZipArchive.open(memorySource(Buffer.concat([decipher.update(sealed), decipher.final()])));
  } finally {
    await source.close();
  }
}

it('wraps a folder so that our own reader opens it and finds every file', async () => {
  const source = join(folder, 'app');
  mkdirSync(join(source, 'data'), { recursive: true });
  writeFileSync(join(source, 'setup.exe'), 'MZ setup');
  writeFileSync(join(source, 'data', 'empty.txt'), '');
  const out = join(folder, 'app.intunewin');

  const { status, stdout } = wrap(source, 'setup.exe', out);

  expect([status, stdout]).toEqual([0, expect.stringContaining('2 files, starts setup.exe')]);
  const zip = await contentOf(out);
  expect([...zip.entries()]).toEqual(['data/empty.txt', 'setup.exe']);
  expect((await zip.readEntry('setup.exe', 100))?.toString()).toBe('MZ setup');
});

it('wraps one MSI with its codes', async () => {
  const setup = join(folder, 'tools & more.msi');
  writeFileSync(setup, buildMsi());
  const out = join(folder, 'tools.intunewin');

  expect(wrap(setup, 'tools & more.msi', out).status).toBe(0);

  const source = await openFileSource(out);
  const facts = await readPackage(source, 'tools.intunewin');
  await source.close();
  expect(facts).toMatchObject({
    displayName: 'Field Notes',
    version: '1.2.3',
    details: { setupFile: 'tools & more.msi', msi: { productCode: '{11111111-2222-4333-8444-555555555555}' } },
  });
});

it.each([
  ['without words', () => [], 'Name a folder or a setup'],
  ['with a setup that is not there', () => [folder, 'nowhere.exe', join(tmpdir(), 'x.intunewin')], 'is not in'],
  [
    'with a folder that is not there',
    () => [join(folder, 'nowhere'), 'a.exe', join(folder, 'x.intunewin')],
    'There is no',
  ],
  ['to another kind of file', () => [folder, 'a.exe', join(folder, 'x.zip')], 'has to end in .intunewin'],
])('%s it says what is missing', (_what, words, expected) => {
  const { status, stderr } = wrap(...words());

  expect(status).toBe(2);
  expect(stderr).toContain(expected);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('takes no links, which could lead anywhere', () => {
  writeFileSync(join(folder, 'setup.exe'), 'MZ');
  symlinkSync('/etc/hostname', join(folder, 'linked.txt'));

  expect(wrap(folder, 'setup.exe', join(tmpdir(), 'x.intunewin')).stderr).toContain('linked.txt is a link');
});
