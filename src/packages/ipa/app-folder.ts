import { ProblemError } from '../../problems/problem.ts';
import type { ZipArchive } from '../zip-archive.ts';

/** Some tools write every name with a leading `./`. */
const inApp = /^((?:\.\/)?Payload\/([^/]+)\.app)\//;
const inDeeperApp = /^(?!__MACOSX\/)[^/]+\/Payload\/[^/]+\.app\//;

/** The app of an IPA: its folder in the archive, and that folder's name without `.app`. */
export interface AppFolder {
  path: string;
  name: string;
}

/** True for a zip archive that is meant to be an IPA, also one that was packed wrongly. */
export function looksLikeIpa(zip: ZipArchive): boolean {
  if (zip.has('Payload/')) return true;
  for (const name of zip.entries()) if (inApp.test(name) || inDeeperApp.test(name)) return true;
  return false;
}

/** The one app right in `Payload`. Watch apps and extensions lie deeper, inside that app. */
export function findAppFolder(zip: ZipArchive): AppFolder {
  const found = new Map<string, AppFolder>();
  let isTooDeep = false;
  for (const entry of zip.entries()) {
    const [, path, name] = inApp.exec(entry) ?? [];
    if (path !== undefined && name !== undefined) found.set(path, { path, name });
    else isTooDeep ||= inDeeperApp.test(entry);
  }
  if (found.size > 1) throw new ProblemError('iosSeveralApps');
  for (const folder of found.values()) return folder;
  const detail = 'The Payload folder has to be at the top of the archive, and it lies in another folder.';
  throw new ProblemError('iosAppMissing', isTooDeep ? { detail } : {});
}
