import { plainText } from '../plain-text.ts';
import { readPropertyList } from '../property-list/property-list.ts';
import { PropertyListError, textOf } from '../property-list/property-value.ts';
import { compressionAttribute, unpackAttribute } from './compressed-file.ts';
import { DiskError } from './disk-reader.ts';
import type { DiskFile, DiskFolder, FileSystem } from './file-system.ts';

export interface DiskApp {
  bundleId: string;
  bundleVersion: string | null;
  name: string | null;
  displayName: string;
}

export interface AppSearch {
  apps: DiskApp[];
  /** True where an installer package lies beside or instead of the apps. */
  holdsPackage: boolean;
  /** True where a volume cannot be read without a password. */
  isEncrypted: boolean;
  warnings: string[];
}

export const nothingFound = (): AppSearch => ({ apps: [], holdsPackage: false, isEncrypted: false, warnings: [] });

const largestInfo = 4 * 1024 ** 2;
const maxApps = 50;
const maxFolders = 50;

/** The apps at the top of a volume; only where there are none, those in the folders there. */
export async function findApps<File extends DiskFile>(
  volume: FileSystem<File>,
  signal?: AbortSignal,
): Promise<AppSearch> {
  const found = nothingFound();
  const folders: DiskFolder[] = [];
  await searchFolder(volume, volume.root, found, folders, signal);
  if (found.apps.length > 0 || found.warnings.length > 0) return found;
  for (const folder of folders) await searchFolder(volume, folder, found, [], signal);
  if (found.apps.length > 0)
    found.warnings.push('The app lies in a folder of the disk image, and Intune looks for it at the top.');
  return found;
}

async function searchFolder<File extends DiskFile>(
  volume: FileSystem<File>,
  folder: DiskFolder,
  found: AppSearch,
  folders: DiskFolder[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const entry of volume.list(folder, signal)) {
    if (entry.name.startsWith('.') || entry.name.includes('\u0000')) continue;
    if (/\.m?pkg$/i.test(entry.name)) found.holdsPackage = true;
    else if (entry.kind === 'folder' && /\.app$/i.test(entry.name)) await addApp(volume, entry, found, signal);
    else if (entry.kind === 'folder' && folders.length < maxFolders) folders.push(entry);
  }
}

async function addApp<File extends DiskFile>(
  volume: FileSystem<File>,
  app: DiskFolder,
  found: AppSearch,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (found.apps.length >= maxApps) return;
  const shown = plainText(app.name) ?? 'An app';
  const contents = await findIn(volume, app, 'Contents', signal);
  const info = contents?.kind === 'folder' ? await findIn(volume, contents, 'Info.plist', signal) : null;
  if (info?.kind !== 'file') {
    found.warnings.push(`${shown} in the disk image has no Info.plist, so I cannot read which app it is.`);
    return;
  }
  const bytes = info.isLink ? null : await readInfoFile(volume, info, signal);
  if (bytes === null) {
    found.warnings.push(
      `The Info.plist of ${shown} is ${info.isLink ? 'a link' : 'compressed by the file system'}, so I cannot read which app it is.`,
    );
    return;
  }
  const facts = readInfo(bytes, app.name);
  if (facts === null) found.warnings.push(`The Info.plist of ${shown} names no bundle id.`);
  else found.apps.push(facts);
}

/** Null where the content lies where it is not looked for. */
async function readInfoFile<File extends DiskFile>(
  volume: FileSystem<File>,
  info: File,
  signal: AbortSignal | undefined,
): Promise<Buffer | null> {
  if (!info.isCompressed) return volume.readFile(info, largestInfo, signal);
  const attribute = await volume.readAttribute(info, compressionAttribute, signal);
  return attribute === null ? null : unpackAttribute(attribute, largestInfo);
}

/** Volumes of Macs do not tell names apart by capital letters, unless somebody asked for that. */
async function findIn<File extends DiskFile>(
  volume: FileSystem<File>,
  folder: DiskFolder,
  name: string,
  signal: AbortSignal | undefined,
): Promise<DiskFolder | File | null> {
  for await (const entry of volume.list(folder, signal))
    if (entry.name.toLowerCase() === name.toLowerCase()) return entry;
  return null;
}

function readInfo(bytes: Buffer, folderName: string): DiskApp | null {
  try {
    const info = readPropertyList(bytes);
    const text = (key: string) => plainText(textOf(info.get(key)));
    const bundleId = text('CFBundleIdentifier');
    if (bundleId === null) return null;
    const name = text('CFBundleDisplayName') ?? text('CFBundleName');
    const bundleVersion = text('CFBundleShortVersionString') ?? text('CFBundleVersion');
    return {
      bundleId,
      bundleVersion,
      name,
      displayName: name ?? plainText(folderName.replace(/\.app$/i, '')) ?? bundleId,
    };
  } catch (error) {
    if (!(error instanceof PropertyListError)) throw error;
    throw new DiskError(`holds an app whose Info.plist ${error.message}`, { cause: error });
  }
}
