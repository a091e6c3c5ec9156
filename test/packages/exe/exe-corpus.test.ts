import { existsSync, readFileSync } from 'node:fs';
import { openFileSource } from '../../../src/packages/file-source.ts';
import { readPackage } from '../../../src/packages/read-package.ts';

/** Real programs that are too large, or not free enough, to live beside the code. */
const corpus = new URL('../../../../shared/corpus/', import.meta.url);
const isThere = existsSync(corpus);

interface Truth {
  file: string;
  type: string;
  expected: {
    ProductName: string | null;
    ProductVersion: string | null;
    CompanyName: string | null;
    FileDescription: string | null;
    installerKind: string | null;
  };
}

const truth: Truth[] = isThere ? JSON.parse(readFileSync(new URL('truth.json', corpus), 'utf8')) : [];
const orNull = (text: string | null) => (text === '' ? null : text);

if (!isThere) {
  describe('corpus of EXE files', () => {
    it.skip('is not on this machine: real programs were not read', () => {});
  });
} else {
  describe('corpus of EXE files', () => {
    it.each(truth.filter(({ type }) => type === 'exe'))('gives the facts of $file', async ({ file, expected }) => {
      const source = await openFileSource(new URL(file, corpus).pathname);

      const facts = await readPackage(source, file);
      await source.close();

      expect(facts.details).toEqual({
        productName: orNull(expected.ProductName),
        productVersion: expected.ProductVersion,
        companyName: orNull(expected.CompanyName),
        fileDescription: expected.FileDescription,
        installerKind: expected.installerKind,
      });
    });
  });
}
