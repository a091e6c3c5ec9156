import { existsSync, readFileSync } from 'node:fs';
import { openFileSource } from '../../../src/packages/file-source.ts';
import { readPackage } from '../../../src/packages/read-package.ts';

/** Real packages that are too large, or not free enough, to live beside the code. */
const corpus = new URL('../../../../shared/corpus/', import.meta.url);
const isThere = existsSync(corpus);

interface Truth {
  file: string;
  type: string;
  expected: {
    ProductName: string;
    ProductCode: string;
    ProductVersion: string;
    UpgradeCode: string | null;
    Manufacturer: string;
    ProductLanguage: string;
    packageTypeDerived: string;
    platform: string;
  };
}

const truth: Truth[] = isThere ? JSON.parse(readFileSync(new URL('truth.json', corpus), 'utf8')) : [];

if (!isThere) {
  describe('corpus of MSI packages', () => {
    it.skip('is not on this machine: real packages were not read', () => {});
  });
} else {
  describe('corpus of MSI packages', () => {
    it.each(truth.filter(({ type }) => type === 'msi'))('gives the facts of $file', async ({ file, expected }) => {
      const source = await openFileSource(new URL(file, corpus).pathname);

      const facts = await readPackage(source, file);
      await source.close();

      expect(facts.details).toEqual({
        productName: expected.ProductName,
        productCode: expected.ProductCode,
        productVersion: expected.ProductVersion,
        upgradeCode: expected.UpgradeCode,
        manufacturer: expected.Manufacturer,
        productLanguage: expected.ProductLanguage,
        packageType: expected.packageTypeDerived,
        platform: expected.platform,
      });
    });
  });
}
