import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApk } from './packages/fixtures/apk-file.ts';
import { buildArsc } from './packages/fixtures/arsc-file.ts';
import { png } from './packages/fixtures/picture.ts';

const program = new URL('../src/inspect.ts', import.meta.url).pathname;

interface Ended {
  code: number;
  out: string;
  err: string;
}

function inspect(...parameters: string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const options = { timeout: 15_000, env: { PATH: process.env.PATH } };
  execFile(process.execPath, [program, ...parameters], options, (error, out, err) =>
    resolve({ code: error === null ? 0 : Number(error.code), out, err }),
  );
  return promise;
}

describe('inspect', () => {
  let folder: string;
  const keep = async (name: string, bytes: Buffer) => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('prints the facts of a package as one JSON object', async () => {
    const bytes = buildApk({ application: { label: 'Field Notes', icon: { reference: 0x7f020000 } } }, [
      { name: 'resources.arsc', content: buildArsc([{ typeId: 2, values: { 0: 'icon.png' } }]) },
      { name: 'icon.png', content: png(48) },
    ]);

    const { code, out, err } = await inspect(await keep('notes.apk', bytes));

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual({
      format: 'apk',
      graphType: 'androidLobApp',
      displayName: 'Field Notes',
      identifier: 'com.example.app',
      version: '1.2.3',
      publisher: null,
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      icon: { mimeType: 'image/png', width: 48, height: 48, bytes: png(48).length },
      warnings: [expect.stringContaining('managed Google Play')],
      details: {
        packageId: 'com.example.app',
        versionCode: '7',
        versionName: '1.2.3',
        label: 'Field Notes',
        minSdkVersion: '21',
        targetSdkVersion: '34',
        debuggable: false,
        nativeCode: [],
      },
    });
  });

  it.each([
    ['an empty file', 'empty.apk', Buffer.alloc(0), /empty/],
    ['a cut file', 'cut.apk', buildApk().subarray(0, 300), /cut off/],
    ['another kind of file', 'notes.txt', Buffer.from('notes'), /text file/],
  ])('refuses %s in one line', async (_, name, bytes, message) => {
    const { code, out, err } = await inspect(await keep(name, bytes));

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).toMatch(/^[^\n]+\n$/);
    expect(err).not.toMatch(/\bat .*:\d+/);
  });

  it.each([
    ['without a file', [], /Name a file/],
    ['for a file that is not there', ['/nowhere/at/all.apk'], /no such file/],
    ['for a folder', [tmpdir()], /folder|regular file/],
  ])('explains itself %s', async (_, parameters, message) => {
    const { code, out, err } = await inspect(...parameters);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });
});
