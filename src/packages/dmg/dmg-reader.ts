import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import type { DmgFacts } from '../package-facts.ts';
import { PageCache } from '../page-cache.ts';
import type { PackageEvidence, PackageReader } from '../reader.ts';
import { ApfsVolume } from './apfs-volume.ts';
import { type AppSearch, findApps, nothingFound } from './app-search.ts';
import { DiskError, type DiskReader } from './disk-reader.ts';
import { HfsVolume } from './hfs-volume.ts';
import { findVolumes } from './partitions.ts';
import { trailerSize, UdifImage } from './udif-image.ts';

export function createDmgReader(): PackageReader {
  return {
    format: 'dmg',
    recognises: (evidence) => isEncrypted(evidence) || trailerOf(evidence) !== null || isRawDisk(evidence),
    read: readDmg,
  };
}

async function readDmg(source: ByteSource, evidence: PackageEvidence, signal?: AbortSignal): Promise<DmgFacts> {
  if (isEncrypted(evidence)) throw new ProblemError('diskImageEncrypted');
  let compression: string | null = null;
  try {
    const image = await openDisk(source, evidence, signal);
    compression = image.compression;
    return describe(source.size, compression, await searchDisk(image.disk, signal));
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    if (!error.isUnknownKind)
      throw new ProblemError('packageMalformed', { detail: `The disk image ${error.message}.`, cause: error });
    return describe(source.size, compression, unknown(`The disk image ${error.message}`));
  }
}

interface OpenImage {
  disk: DiskReader;
  compression: string;
}

async function openDisk(
  source: ByteSource,
  evidence: PackageEvidence,
  signal: AbortSignal | undefined,
): Promise<OpenImage> {
  const trailer = trailerOf(evidence);
  if (trailer !== null) {
    const image = await UdifImage.open(source, trailer, signal);
    return { disk: image, compression: image.compression === 'raw' ? 'none' : image.compression };
  }
  const pages = new PageCache({ size: source.size, fetch: (offset, length) => source.read(offset, length, signal) });
  const disk: DiskReader = {
    size: source.size,
    async read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > source.size)
        throw new DiskError('ends before its content does');
      return pages.read(offset, length, signal);
    },
  };
  return { disk, compression: 'none' };
}

async function searchDisk(disk: DiskReader, signal: AbortSignal | undefined): Promise<AppSearch> {
  const volumes = await findVolumes(disk, signal);
  const search = nothingFound();
  for (const { fileSystem, disk: partition } of volumes) {
    const found =
      fileSystem === 'hfs'
        ? await findApps(await HfsVolume.open(partition, signal), signal)
        : await searchApfs(partition, signal);
    add(search, found);
  }
  if (volumes.length === 0)
    search.warnings.push(...unknown('The disk image holds no file system that I can read').warnings);
  return search;
}

function add(search: AppSearch, found: AppSearch): void {
  search.apps.push(...found.apps);
  search.warnings.push(...found.warnings);
  search.holdsPackage ||= found.holdsPackage;
  search.isEncrypted ||= found.isEncrypted;
}

/** Not all that this file system can do is known here, so that trouble with it says nothing about the image. */
async function searchApfs(disk: DiskReader, signal: AbortSignal | undefined): Promise<AppSearch> {
  try {
    const volumes = await ApfsVolume.openAll(disk, signal);
    const search = nothingFound();
    for (const volume of volumes) add(search, volume === null ? encryptedVolume() : await findApps(volume, signal));
    return search;
  } catch (error) {
    signal?.throwIfAborted();
    const isOfTheSource = error instanceof ProblemError || (error instanceof Error && 'syscall' in error);
    if (isOfTheSource) throw error;
    if (error instanceof DiskError && error.isUnknownKind) return unknown(`The disk image ${error.message}`);
    return unknown('The disk image holds an APFS volume that I cannot read');
  }
}

function describe(size: number, compression: string | null, search: AppSearch): DmgFacts {
  const { apps, holdsPackage, isEncrypted, warnings } = search;
  const [main] = apps;
  return {
    format: 'dmg',
    graphType: 'macOSDmgApp',
    displayName: main?.displayName ?? null,
    identifier: main?.bundleId ?? null,
    version: main?.bundleVersion ?? null,
    publisher: null,
    size,
    icon: null,
    warnings: [
      ...(holdsPackage
        ? [
            'The disk image holds an installer package. Intune only copies apps out of disk images: publish the PKG itself.',
          ]
        : []),
      ...(apps.length > 1 ? ['The disk image holds several apps; the first one counts as the main one.'] : []),
      ...(apps.length === 0 && warnings.length === 0 ? ['The disk image holds no app at its top.'] : []),
      ...warnings,
    ],
    details: {
      apps: apps.map(({ bundleId, bundleVersion, name }) => ({ bundleId, bundleVersion, name })),
      compression,
      encrypted: isEncrypted,
    },
  };
}

const encryptedVolume = (): AppSearch => ({
  ...unknown('The disk image holds an encrypted volume'),
  isEncrypted: true,
});
const unknown = (reason: string): AppSearch => ({
  ...nothingFound(),
  warnings: [`${reason}, so bundle id and version of its apps have to be given by hand.`],
});

/** The trailer is the last sector; images that were written in one go may have it as the first. */
function trailerOf({ head, tail }: PackageEvidence): Buffer | null {
  const isTrailer = (bytes: Buffer) =>
    bytes.length === trailerSize && bytes.toString('latin1', 0, 4) === 'koly' && bytes.readUInt32BE(8) === trailerSize;
  return [tail, head.subarray(0, trailerSize)].find(isTrailer) ?? null;
}

/** Version 2 has its mark at the start, version 1 at the end. */
function isEncrypted({ head, tail }: PackageEvidence): boolean {
  return head.toString('latin1', 0, 8) === 'encrcdsa' || tail.toString('latin1', tail.length - 8) === 'cdsaencr';
}

/** An image without compression is the disk itself, byte by byte. */
function isRawDisk({ head }: PackageEvidence): boolean {
  const mark = (at: number, ...marks: string[]) =>
    marks.some((text) => head.toString('latin1', at, at + text.length) === text);
  return (
    mark(1024, 'H+', 'HX') ||
    (mark(1024, 'BD') && mark(1148, 'H+')) ||
    mark(32, 'NXSB') ||
    mark(512, 'EFI PART') ||
    (mark(0, 'ER') && mark(512, 'PM'))
  );
}
