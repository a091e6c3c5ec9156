import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import type { AppxFacts } from '../package-facts.ts';
import { plainText } from '../plain-text.ts';
import type { PackageEvidence, PackageReader } from '../reader.ts';
import type { ZipArchive } from '../zip-archive.ts';
import { type AppContent, largestManifest, readAppContent } from './app-content.ts';
import { AppxEntries } from './appx-entries.ts';
import { type AppxIdentity, invalid } from './appx-identity.ts';
import { bundleManifestName, readBundleManifest } from './bundle-manifest.ts';
import { readBundleMember } from './bundle-member.ts';
import { publisherHash } from './publisher-hash.ts';

const signatureName = 'AppxSignature.p7x';
const bundlePart = /^AppxMetadata\/AppxBundleManifest\.xml$/i;
const packagePart = /^(AppxManifest\.xml|AppxBlockMap\.xml|AppxMetadata\/AppxBundleManifest\.xml)$/i;

type AppxFormat = AppxFacts['format'];

/** One reader for each ending: old and new packages have the same content, and only the name says which one it is. */
export function createAppxReaders(): PackageReader[] {
  return [readerOf('msix', false), readerOf('appx', false), readerOf('msixbundle', true), readerOf('appxbundle', true)];
}

function readerOf(format: AppxFormat, isBundle: boolean): PackageReader {
  return {
    format,
    recognises: ({ zip }) => zip !== null && isAppx(zip) && holdsBundle(zip) === isBundle,
    read: (source, evidence, signal) => readAppx(format, source, evidence, signal),
  };
}

function isAppx(zip: ZipArchive): boolean {
  for (const name of zip.entries()) if (packagePart.test(name)) return true;
  return false;
}

function holdsBundle(zip: ZipArchive): boolean {
  for (const name of zip.entries()) if (bundlePart.test(name)) return true;
  return false;
}

async function readAppx(
  format: AppxFormat,
  source: ByteSource,
  { zip }: PackageEvidence,
  signal?: AbortSignal,
): Promise<AppxFacts> {
  if (zip === null) throw new ProblemError('packageNotSupported');
  const entries = new AppxEntries(zip);
  const isBundle = holdsBundle(zip);
  const read = isBundle ? readBundle : readPackage;
  const { identity, architectures, minVersion, content, warnings } = await read(source, zip, entries, signal);
  return {
    format,
    graphType: 'windowsUniversalAppX',
    displayName: content?.displayName ?? identity.name,
    identifier: identity.name,
    version: identity.version,
    publisher: content?.publisherDisplayName ?? plainText(identity.publisher),
    size: source.size,
    icon: content?.icon ?? null,
    warnings: [
      ...(entries.find(signatureName) === null
        ? ['The package is not signed, and Windows installs signed packages only.']
        : []),
      ...warnings,
      ...(content !== null && content.icon === null
        ? ['No icon that Intune takes was found in the package. Add a PNG in Intune if you like.']
        : []),
    ],
    details: {
      identityName: identity.name,
      publisher: identity.publisher,
      publisherHash: publisherHash(identity.publisher),
      identityVersion: identity.version,
      architectures,
      displayName: content?.displayName ?? null,
      publisherDisplayName: content?.publisherDisplayName ?? null,
      isBundle,
      minVersion,
      resourceId: identity.resourceId,
    },
  };
}

interface Outline {
  identity: AppxIdentity;
  architectures: string[];
  minVersion: string | null;
  /** Null where a bundle's packages cannot be read. */
  content: AppContent | null;
  warnings: string[];
}

async function readPackage(
  _source: ByteSource,
  zip: ZipArchive,
  entries: AppxEntries,
  signal: AbortSignal | undefined,
): Promise<Outline> {
  const content = await readAppContent(zip, entries, signal);
  const { manifest } = content;
  return {
    identity: manifest.identity,
    architectures: [manifest.identity.architecture ?? 'neutral'],
    minVersion: manifest.minVersion,
    content,
    warnings: [
      ...(manifest.isFramework
        ? ['This is a framework package, which other apps need; it is no app that people can start.']
        : []),
      ...(manifest.isResourcePackage || (!manifest.hasApplications && manifest.identity.resourceId !== null)
        ? ['This package holds resources only, such as a language; it does not install without its app.']
        : []),
    ],
  };
}

async function readBundle(
  source: ByteSource,
  zip: ZipArchive,
  entries: AppxEntries,
  signal: AbortSignal | undefined,
): Promise<Outline> {
  const name = entries.find(bundleManifestName);
  const bytes = name === null ? null : await zip.readEntry(name, largestManifest, signal);
  if (bytes === null) throw invalid(`It has no ${bundleManifestName}.`);
  const { identity, applications } = readBundleManifest(bytes);
  const { content, warnings } = await readBundleMember({ source, zip, entries, identity, applications, signal });
  const versions = applications.flatMap(({ minVersion }) => minVersion ?? []).sort(compareVersions);
  return {
    identity,
    architectures: [...new Set(applications.map(({ architecture }) => architecture))].sort(),
    minVersion: versions[0] ?? content?.manifest.minVersion ?? null,
    content,
    warnings,
  };
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
