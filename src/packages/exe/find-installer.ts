import type { InstallerKindId } from './installer-kinds.ts';
import { type InstallerMarks, installerMarks } from './installer-marks.ts';
import type { PeImage } from './pe-image.ts';
import { type PeResources, resourceType } from './pe-resources.ts';
import type { VersionInfo } from './version-info.ts';

const largestManifest = 256 * 1024;
const mostRawData = 500;
const mostResources = 500;
const smallestPackage = 4096;
/** How far the program's data, and what follows the program, are searched. */
const searchedData = 4 * 1024 ** 2;
const searchedOverlayStart = 512 * 1024;
const searchedOverlayEnd = 64 * 1024;
const searchStep = 256 * 1024;
const longestMark = 64;

/** The family of installers that the program belongs to; null where nothing tells. */
export async function findInstallerKind(
  image: PeImage,
  resources: PeResources | null,
  version: VersionInfo,
): Promise<InstallerKindId | null> {
  const manifest = await loadManifest(resources);
  const rawData = new Set(((await resources?.list(resourceType.rawData, mostRawData)) ?? []).map(({ id }) => id));
  const versionLines = [...version.texts].map(([name, text]) => `${name}=${text}`).join('\n');
  const behind = await image.read(image.overlay.start, Math.min(longestMark, image.overlay.end - image.overlay.start));
  const isPlain = (marks: InstallerMarks) =>
    (marks.sections ?? []).some((name) => image.sections.some((section) => section.name === name)) ||
    marks.manifest?.test(manifest) === true ||
    marks.version?.test(versionLines) === true ||
    (marks.rawData !== undefined && rawData.has(marks.rawData)) ||
    (marks.behind ?? []).some(([at, bytes]) => behind.subarray(at, at + bytes.length).equals(bytes));
  const plain = installerMarks.find(isPlain);
  if (plain !== undefined) return plain.id;

  const starts = await resourceStarts(resources);
  const inData = await search(
    image,
    dataRanges(image),
    installerMarks.flatMap((marks) => marks.inData ?? []),
  );
  const inOverlay = await search(
    image,
    overlayRanges(image),
    installerMarks.flatMap((marks) => marks.inOverlay ?? []),
  );
  const isHidden = (marks: InstallerMarks) =>
    (marks.inData ?? []).some((mark) => inData.has(mark)) ||
    (marks.inOverlay ?? []).some((mark) => inOverlay.has(mark)) ||
    starts.some((start) => marks.resource?.equals(start.subarray(0, marks.resource.length)) === true);
  return installerMarks.find(isHidden)?.id ?? null;
}

async function loadManifest(resources: PeResources | null): Promise<string> {
  const [manifest] = (await resources?.list(resourceType.manifest)) ?? [];
  if (resources === null || manifest === undefined) return '';
  return (await resources.read(manifest, largestManifest)).toString('latin1');
}

async function resourceStarts(resources: PeResources | null): Promise<Buffer[]> {
  if (resources === null) return [];
  const large = (await resources.listAll(mostResources)).filter(({ size }) => size >= smallestPackage);
  return Promise.all(large.map((resource) => resources.read(resource, longestMark)));
}

type Range = readonly [from: number, to: number];

async function search(image: PeImage, ranges: Iterable<Range>, marks: Buffer[]): Promise<ReadonlySet<Buffer>> {
  const found = new Set<Buffer>();
  for (const [from, to] of ranges)
    for (let at = from; at < to; at += searchStep) {
      // Neighbouring steps overlap, so that a mark between them is seen.
      const bytes = await image.read(at, Math.min(searchStep + longestMark, to - at));
      for (const mark of marks) if (bytes.includes(mark)) found.add(mark);
    }
  return found;
}

function* dataRanges({ sections }: PeImage): Generator<Range> {
  let left = searchedData;
  for (const { holdsCode, offset, size } of sections) {
    if (holdsCode || left <= 0) continue;
    const length = Math.min(size, left);
    yield [offset, offset + length];
    left -= length;
  }
}

function* overlayRanges({ overlay }: PeImage): Generator<Range> {
  const startEnd = Math.min(overlay.start + searchedOverlayStart, overlay.end);
  yield [overlay.start, startEnd];
  yield [Math.max(startEnd, overlay.end - searchedOverlayEnd), overlay.end];
}
