import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { openFileSource } from './packages/file-source.ts';
import { fileMember, writeIntunewin } from './packages/intunewin/write-intunewin.ts';
import type { MsiDetails } from './packages/package-facts.ts';
import { readPackage } from './packages/read-package.ts';
import type { ZipMember } from './packages/stored-zip.ts';
import { ProblemError } from './problems/problem.ts';

/** Makes an intunewin package of a folder or of one setup, without Microsoft's tool. */
const usage =
  'Name a folder or a setup, the setup file in it, and the file to write: npm run wrap -- SOURCE SETUP OUT.intunewin';
const unusable = 2;

class Unusable extends Error {}

async function membersOf(source: string): Promise<ZipMember[]> {
  const found = await stat(source).catch(() => null);
  if (found === null) throw new Unusable(`There is no ${source}.`);
  if (found.isFile()) return [fileMember(source, basename(source), found.size)];
  const members: ZipMember[] = [];
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(source, path).split(sep).join('/');
    if (entry.isSymbolicLink()) throw new Unusable(`${name} is a link. Put the file itself into the folder.`);
    if (entry.isFile()) members.push(fileMember(path, name, (await stat(path)).size));
  }
  // The same folder makes the same content, whatever order the disk lists it in.
  return members.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function msiOf(path: string): Promise<MsiDetails | null> {
  if (extname(path).toLowerCase() !== '.msi') return null;
  const source = await openFileSource(path);
  try {
    const facts = await readPackage(source, basename(path));
    return facts.format === 'msi' ? facts.details : null;
  } finally {
    await source.close();
  }
}

async function wrap(source: string, setup: string, out: string): Promise<string> {
  if (!/\.intunewin$/i.test(out)) throw new Unusable('The file to write has to end in .intunewin.');
  const members = await membersOf(source);
  const setupFile = setup.replaceAll('\\', '/').replace(/^\.\//, '');
  const isFolder = (await stat(source)).isDirectory();
  if (!members.some(({ name }) => name === setupFile))
    throw new Unusable(`${setup} is not in ${source}. Name it as it lies there, with its folder.`);
  if (isFolder && !relative(resolve(source), resolve(out)).startsWith('..'))
    throw new Unusable('Write the package somewhere else: in the folder, the next one would hold it.');
  const msi = await msiOf(isFolder ? join(source, setupFile) : source);
  await writeIntunewin(out, { name: msi?.productName ?? basename(setupFile), setupFile, members, msi });
  return `${out}: ${members.length} ${members.length === 1 ? 'file' : 'files'}, starts ${setupFile}`;
}

const [source, setup, out] = process.argv.slice(2);
if (source === undefined || setup === undefined || out === undefined) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = unusable;
} else {
  try {
    process.stdout.write(`${await wrap(source, setup, out)}\n`);
  } catch (error) {
    if (!(error instanceof Unusable) && !(error instanceof ProblemError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = unusable;
  }
}
