import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import { sliceSource } from '../slice-source.ts';
import { ZipArchive } from '../zip-archive.ts';
import { type AppContent, readAppContent } from './app-content.ts';
import { AppxEntries } from './appx-entries.ts';
import type { AppxIdentity } from './appx-identity.ts';
import type { BundleMember } from './bundle-manifest.ts';

export interface BundleParts {
  source: ByteSource;
  zip: ZipArchive;
  entries: AppxEntries;
  identity: AppxIdentity;
  applications: readonly BundleMember[];
  signal: AbortSignal | undefined;
}

/** There is one for each processor. */
const maxMembers = 50;

/** Name and icon stand in the packages of a bundle only; the first one with code speaks for all. */
export async function readBundleMember(
  parts: BundleParts,
): Promise<{ content: AppContent | null; warnings: string[] }> {
  const missing = parts.applications
    .slice(0, maxMembers)
    .filter(({ fileName }) => parts.entries.find(fileName) === null);
  const warnings =
    missing.length === 0 ? [] : ['The bundle does not hold all packages that it names, so some devices get nothing.'];
  try {
    const content = await readFirst(parts);
    if (content === null) return { content, warnings };
    const { name, publisher } = content.manifest.identity;
    if (name === parts.identity.name && publisher === parts.identity.publisher) return { content, warnings };
    return { content: null, warnings: [...warnings, 'The bundle holds a package of another app or publisher.'] };
  } catch (error) {
    const isFaultOfMember = error instanceof ProblemError && spoilsMemberOnly.has(error.problem.code);
    if (!isFaultOfMember) throw error;
    return {
      content: null,
      warnings: [...warnings, 'A package in the bundle cannot be read, so its name is missing.'],
    };
  }
}

const spoilsMemberOnly: ReadonlySet<string> = new Set([
  'appxInvalid',
  'packageMalformed',
  'packageEncrypted',
  'packageBeyondLimits',
  'packageTruncated',
]);

async function readFirst({ source, zip, entries, applications, signal }: BundleParts): Promise<AppContent | null> {
  for (const { fileName } of applications.slice(0, maxMembers)) {
    const name = entries.find(fileName);
    const place = name === null ? null : await zip.locateStored(name, signal);
    if (place === null) continue;
    const member = await ZipArchive.open(sliceSource(source, place.offset, place.size), signal);
    return readAppContent(member, new AppxEntries(member), signal);
  }
  return null;
}
