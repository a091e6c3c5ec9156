import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import type { FolderFacts } from '../package-facts.ts';
import type { PackageEvidence, PackageReader } from '../reader.ts';
import type { ZipArchive } from '../zip-archive.ts';

/** What Intune can start on a device. */
const startable = /\.(exe|msi|ps1|cmd|bat)$/i;
const deepest = 3;
const mostSetups = 20;
/** Names by which setups go, the likeliest first. */
const likely = [/^(setup|install(er)?)\.(exe|msi)$/i, /^(setup|install)\.(ps1|cmd|bat)$/i, /\.msi$/i, /\.exe$/i];

/** A zip archive of a folder with a setup in it: the content of a Win32 app, only not wrapped. */
export function createFolderReader(): PackageReader {
  return { format: 'zip', recognises: ({ zip }) => zip !== null && holdsSetup(zip), read: readFolder };
}

async function readFolder(source: ByteSource, { zip }: PackageEvidence): Promise<FolderFacts> {
  if (zip === null) throw new ProblemError('packageNotSupported');
  const setupFiles = setupsIn(zip);
  return {
    format: 'zip',
    graphType: 'win32LobApp',
    displayName: null,
    identifier: null,
    version: null,
    publisher: null,
    size: source.size,
    icon: null,
    warnings: [
      ...(holdsHidden(zip)
        ? ['The archive holds files that a Mac has added. They do no harm, and are not needed.']
        : []),
    ],
    details: { setupFiles },
  };
}

function holdsSetup(zip: ZipArchive): boolean {
  for (const name of zip.entries()) if (isSetup(name)) return true;
  return false;
}

/** The likeliest ones; an archive may hold thousands of programs. */
function setupsIn(zip: ZipArchive): string[] {
  let found: string[] = [];
  for (const name of zip.entries()) {
    if (!isSetup(name)) continue;
    found.push(name);
    if (found.length >= mostSetups * 10) found = likeliest(found);
  }
  return likeliest(found);
}

const likeliest = (names: string[]) =>
  names.sort((a, b) => rank(a) - rank(b) || depth(a) - depth(b) || (a < b ? -1 : 1)).slice(0, mostSetups);

/** Names become part of a command line: those with signs that it reads are none. */
function isSetup(name: string): boolean {
  return (
    startable.test(name) &&
    depth(name) <= deepest &&
    name.length <= 200 &&
    /^[\p{L}\p{N} ._()+,@~/-]+$/u.test(name) &&
    !name.split('/').some((part) => part === '' || part === '..' || part === '__MACOSX')
  );
}

const depth = (name: string) => name.split('/').length;
const rank = (name: string) => {
  const at = likely.findIndex((pattern) => pattern.test(name.slice(name.lastIndexOf('/') + 1)));
  return at < 0 ? likely.length : at;
};

function holdsHidden(zip: ZipArchive): boolean {
  for (const name of zip.entries()) if (name.startsWith('__MACOSX/')) return true;
  return false;
}
