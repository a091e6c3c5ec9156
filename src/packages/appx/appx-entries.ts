import { ProblemError } from '../../problems/problem.ts';
import type { ZipArchive } from '../zip-archive.ts';

/**
 * The files of an app package under the names that its manifest uses: Windows does not mind the case, and the archive spells
 * names as parts of an Open Packaging container, with percent signs. Searched through each time: a table of up to a hundred
 * thousand names would cost more memory than the few searches cost time.
 */
export class AppxEntries {
  readonly #zip: ZipArchive;

  constructor(zip: ZipArchive) {
    this.#zip = zip;
  }

  /** The name in the archive. */
  find(path: string): string | null {
    const key = canonical(path);
    let found: string | null = null;
    for (const name of this.#zip.entries()) {
      const mayMatch = name.length === key.length || (name.length > key.length && name.includes('%'));
      if (!mayMatch || canonical(decoded(name)) !== key) continue;
      if (found !== null)
        throw new ProblemError('packageMalformed', { detail: 'It holds files whose names differ in case only.' });
      found = name;
    }
    return found;
  }

  /** Names in the archive of all files, each with the spelling to compare it by. */
  *[Symbol.iterator](): IterableIterator<{ key: string; name: string }> {
    for (const name of this.#zip.entries()) yield { key: canonical(decoded(name)), name };
  }
}

export function canonical(path: string): string {
  return path
    .replaceAll('\\', '/')
    .replace(/^\.?\//, '')
    .toLowerCase();
}

function decoded(name: string): string {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    // Written without escapes by a tool that does not follow the rules.
    return name;
  }
}
