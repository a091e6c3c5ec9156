import { ProblemError } from '../../problems/problem.ts';
import { plainText } from '../plain-text.ts';
import type { ZipArchive } from '../zip-archive.ts';
import type { AppxEntries } from './appx-entries.ts';
import { ResourceIndex, type StringCandidate } from './resource-index.ts';

const largestIndex = 16 * 1024 ** 2;
const longestReference = 500;

/** Turns what a manifest says into text for people. */
export interface NameResolver {
  /** Null where the manifest names nothing, or a resource that cannot be found. */
  resolve(written: string | null): Promise<string | null>;
}

/** Reads the resource index once, when the first name needs it. */
export function createNameResolver(
  zip: ZipArchive,
  entries: AppxEntries,
  language: string | null,
  signal: AbortSignal | undefined,
): NameResolver {
  let index: Promise<ResourceIndex | null> | null = null;
  return {
    async resolve(written) {
      if (written === null || !/^ms-resource:/i.test(written)) return plainText(written);
      index ??= loadIndex(zip, entries, signal);
      const loaded = await index;
      return loaded === null ? null : plainText(lookUp(loaded, written, language));
    },
  };
}

async function loadIndex(
  zip: ZipArchive,
  entries: AppxEntries,
  signal: AbortSignal | undefined,
): Promise<ResourceIndex | null> {
  const name = entries.find('resources.pri');
  if (name === null || (zip.claimedSize(name) ?? 0) > largestIndex) return null;
  try {
    const bytes = await zip.readEntry(name, largestIndex, signal);
    return bytes === null ? null : new ResourceIndex(bytes);
  } catch (error) {
    // Names are no reason to refuse a package; a broken source is.
    if (error instanceof RangeError) return null;
    if (error instanceof ProblemError && error.problem.code !== 'packageTruncated') return null;
    throw error;
  }
}

function lookUp(index: ResourceIndex, reference: string, language: string | null): string | null {
  try {
    for (const path of pathsOf(reference)) {
      const best = chooseText(index.strings(path), language);
      if (best !== null) return best;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return null;
}

/**
 * `ms-resource:Name` means `Resources/Name`; with slashes it is a path of its own, after the package's name if there are two.
 * https://learn.microsoft.com/windows/uwp/app-resources/uri-schemes#ms-resource
 */
function pathsOf(reference: string): string[] {
  if (reference.length > longestReference) return [];
  const rest = reference.slice('ms-resource:'.length);
  const absolute = /^\/\/[^/]*\/(.+)$/.exec(rest)?.[1] ?? /^\/(.+)$/.exec(rest)?.[1];
  const paths = absolute === undefined ? [`Resources/${rest}`, rest] : [absolute];
  // Resource files write a dot where the index has a step.
  return [...new Set(paths.flatMap((path) => [path, path.replaceAll('.', '/')]))];
}

function chooseText(candidates: readonly StringCandidate[], language: string | null): string | null {
  const wanted = [language?.toLowerCase() ?? 'en-us', 'en-us', 'en'];
  for (const tag of wanted) {
    const match = candidates.find(({ languages }) => languages.some((made) => made.split(';').includes(tag)));
    if (match !== undefined) return match.text;
  }
  const neutral = candidates.find(({ languages }) => languages.length === 0);
  return (neutral ?? candidates[0])?.text ?? null;
}
