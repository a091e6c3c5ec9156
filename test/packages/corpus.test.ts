import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { openFileSource } from '../../src/packages/file-source.ts';
import type { PackageFacts } from '../../src/packages/package-facts.ts';
import { readPackage } from '../../src/packages/read-package.ts';
import { ProblemError } from '../../src/problems/problem.ts';

/** Real and malformed packages that are too large, or not free enough, to live beside the code. */
const corpus = new URL('../../../shared/corpus/', import.meta.url);
const isThere = existsSync(corpus);

interface Truth {
  file: string;
  type: string;
  expected: {
    packageName: string;
    versionCode: string;
    versionName: string;
    label: string;
    minSdkVersion: string | null;
    targetSdkVersion: string | null;
    debuggable: boolean;
    nativeCode: string[];
    largestRasterIcon: string | null;
  };
}

const truth: Truth[] = isThere ? JSON.parse(readFileSync(new URL('truth.json', corpus), 'utf8')) : [];
const apks = truth.filter(({ type }) => type === 'apk');
const malformed = isThere ? readdirSync(new URL('bad/', corpus)).filter((name) => !name.endsWith('.tsv')) : [];

async function read(path: string): Promise<PackageFacts> {
  const file = new URL(path, corpus);
  const source = await openFileSource(file.pathname);
  try {
    return await readPackage(source, path);
  } finally {
    await source.close();
  }
}

if (!isThere) {
  describe('corpus of packages', () => {
    it.skip('is not on this machine: real and malformed packages were not read', () => {});
  });
} else {
  describe('corpus of packages', () => {
    it.each(apks)('gives the facts of $file', async ({ file, expected }) => {
      const facts = await read(file);

      expect(facts.details).toEqual({
        packageId: expected.packageName,
        versionCode: expected.versionCode,
        versionName: expected.versionName,
        label: expected.label,
        minSdkVersion: expected.minSdkVersion,
        targetSdkVersion: expected.targetSdkVersion,
        debuggable: expected.debuggable,
        nativeCode: [...expected.nativeCode].sort(),
      });
      expect(facts.icon !== null).toBe(expected.largestRasterIcon !== null);
    });

    it('explains an App Bundle', async () => {
      const bundle = truth.find(({ type }) => type === 'aab');

      await expect(read(bundle!.file)).rejects.toMatchObject({ problem: { code: 'androidBundle' } });
    });

    it.each(malformed)('reads or refuses %s, and nothing else happens', async (name) => {
      const outcome = await read(`bad/${name}`).catch((error: unknown) => error);

      expect(outcome instanceof ProblemError || name.endsWith(`.${(outcome as PackageFacts).format}`)).toBe(true);
    });
  });
}
