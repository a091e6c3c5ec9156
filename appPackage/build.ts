import { mkdirSync, writeFileSync } from 'node:fs';
import { appPackage } from './app-package.ts';
import { AppPackageError } from './settings.ts';

const folder = new URL('../dist/', import.meta.url);

try {
  const bytes = appPackage(process.env);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL('quartermaster.zip', folder), bytes);
  process.stdout.write(`dist/quartermaster.zip: ${bytes.length} bytes\n`);
} catch (error) {
  if (!(error instanceof AppPackageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
