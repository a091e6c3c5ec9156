import { asProblemError, ProblemError } from '../problems/problem.ts';
import { createApkReader } from './apk/apk-reader.ts';
import { createAppxReaders } from './appx/appx-reader.ts';
import type { ByteSource } from './byte-source.ts';
import { describeContent } from './content-kind.ts';
import { createDmgReader } from './dmg/dmg-reader.ts';
import { createExeReader } from './exe/exe-reader.ts';
import { createFolderReader } from './folder/folder-reader.ts';
import { createIntunewinReader } from './intunewin/intunewin-reader.ts';
import { createIpaReader } from './ipa/ipa-reader.ts';
import { createMsiReader } from './msi/msi-reader.ts';
import type { PackageFacts } from './package-facts.ts';
import { createPkgReader } from './pkg/pkg-reader.ts';
import type { PackageEvidence, PackageReader } from './reader.ts';
import { ZipArchive } from './zip-archive.ts';

const defaultTimeLimit = 10_000;

/** Endings that promise a format; one that belongs to another format than the content is refused. */
const endings: Readonly<Record<string, string>> = {
  apk: 'an Android app (APK)',
  aab: 'an Android App Bundle (AAB)',
  ipa: 'an iOS app (IPA)',
  msi: 'a Windows Installer package (MSI)',
  intunewin: 'a Win32 app package (intunewin)',
  msix: 'a Windows app package',
  appx: 'a Windows app package',
  msixbundle: 'a Windows app bundle',
  appxbundle: 'a Windows app bundle',
  pkg: 'a macOS installer package (PKG)',
  dmg: 'a macOS disk image (DMG)',
  exe: 'a Windows program (EXE)',
};

export interface ReadPackageOptions {
  signal?: AbortSignal | undefined;
  readers?: readonly PackageReader[];
  /** Milliseconds for the whole reading. */
  timeLimit?: number;
}

/** One reader for each format that can be published. */
export function createPackageReaders(): PackageReader[] {
  return [
    createApkReader(),
    createIpaReader(),
    createIntunewinReader(),
    ...createAppxReaders(),
    createMsiReader(),
    createExeReader(),
    createPkgReader(),
    createDmgReader(),
  ];
}

/**
 * The facts of a package. Its content decides what it is; a name that says otherwise is refused, because one of the two
 * is a mistake. Throws nothing but ProblemErrors and the reason of the given signal.
 */
export async function readPackage(
  source: ByteSource,
  fileName: string,
  options: ReadPackageOptions = {},
): Promise<PackageFacts> {
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new ProblemError('packageTooSlow')),
    options.timeLimit ?? defaultTimeLimit,
  );
  const signal = options.signal === undefined ? limit.signal : AbortSignal.any([limit.signal, options.signal]);
  try {
    return await beforeAbort(
      identifyAndRead(source, fileName, options.readers ?? createPackageReaders(), signal),
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    // A disk that fails says nothing about the package.
    const isSystemError = error instanceof Error && 'syscall' in error;
    throw isSystemError ? asProblemError(error) : malformed(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The same where more than packages can be published: a folder in a zip archive, if it is nothing else. */
export function readForPublishing(
  source: ByteSource,
  fileName: string,
  options: ReadPackageOptions = {},
): Promise<PackageFacts> {
  return readPackage(source, fileName, { ...options, readers: [...createPackageReaders(), createFolderReader()] });
}

async function identifyAndRead(
  source: ByteSource,
  fileName: string,
  readers: readonly PackageReader[],
  signal: AbortSignal,
): Promise<PackageFacts> {
  if (source.size === 0) throw new ProblemError('packageEmpty');
  const evidence = await gatherEvidence(source, signal);
  const ending = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  const able = readers.filter((candidate) => candidate.recognises(evidence));
  // Two formats with the same content differ by their names only, as appx and msix do.
  const reader = able.find(({ format }) => format === ending) ?? able[0];
  if (reader === undefined) throw unknownContent(evidence, ending, readers);
  // An App Bundle's reader is that of APK files, which explains what to do with it.
  if (Object.hasOwn(endings, ending) && ending !== reader.format && ending !== 'aab')
    throw mismatch(ending, `its content is ${endings[reader.format]}`);
  return reader.read(source, evidence, signal);
}

async function gatherEvidence(source: ByteSource, signal: AbortSignal): Promise<PackageEvidence> {
  const head = await source.read(0, 4096, signal);
  const tail = await source.read(Math.max(0, source.size - 512), 512, signal);
  const isZip = head.length >= 4 && ['PK\x03\x04', 'PK\x05\x06'].includes(head.toString('latin1', 0, 4));
  return { head, tail, zip: isZip ? await ZipArchive.open(source, signal) : null };
}

function unknownContent(evidence: PackageEvidence, ending: string, readers: readonly PackageReader[]): ProblemError {
  const kind = describeContent(evidence);
  if (Object.hasOwn(endings, ending) && readers.some((reader) => reader.format === ending))
    return mismatch(ending, kind === null ? 'its content is something else' : `it looks like ${kind}`);
  return new ProblemError('packageNotSupported', kind === null ? {} : { detail: `It looks like ${kind}.` });
}

function malformed(error: unknown): ProblemError {
  return error instanceof ProblemError ? error : new ProblemError('packageMalformed', { cause: error });
}

function mismatch(ending: string, content: string): ProblemError {
  const detail = `Its name ends in .${ending}, but it is not ${endings[ending]}: ${content}.`;
  return new ProblemError('packageNameMismatch', { detail });
}

/** Ends with the signal even where a read below does not listen to it. */
function beforeAbort<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  return promise;
}
