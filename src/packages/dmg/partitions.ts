import { DiskError, type DiskReader, sliceDisk } from './disk-reader.ts';

export interface Volume {
  fileSystem: 'hfs' | 'apfs';
  disk: DiskReader;
}

const sectorSize = 512;
const maxPartitions = 128;
const probeLength = 2048;

/** The volumes that are known by their own marks, whatever the partition table calls them. */
export async function findVolumes(disk: DiskReader, signal?: AbortSignal): Promise<Volume[]> {
  const whole = await volumeOn(disk, signal);
  if (whole !== null) return [whole];
  const volumes: Volume[] = [];
  for (const { start, size } of await partitionsOf(disk, signal)) {
    if (start + size > disk.size || size < probeLength) continue;
    const volume = await volumeOn(sliceDisk(disk, start, size), signal);
    if (volume !== null) volumes.push(volume);
  }
  return volumes;
}

interface Extent {
  start: number;
  size: number;
}

async function volumeOn(disk: DiskReader, signal: AbortSignal | undefined): Promise<Volume | null> {
  if (disk.size < probeLength) return null;
  const head = await disk.read(0, probeLength, signal);
  if (head.toString('latin1', 32, 36) === 'NXSB') return { fileSystem: 'apfs', disk };
  const mark = head.toString('latin1', 1024, 1026);
  if (mark === 'H+' || mark === 'HX') return { fileSystem: 'hfs', disk };
  return mark === 'BD' ? wrappedVolume(disk, head.subarray(1024)) : null;
}

/**
 * A volume inside of one of the older file system, for Macs that knew nothing newer:
 * https://developer.apple.com/library/archive/technotes/tn/tn1150.html#HFSWrapper
 */
function wrappedVolume(disk: DiskReader, header: Buffer): Volume | null {
  if (header.toString('latin1', 124, 126) !== 'H+') return null;
  const blockSize = header.readUInt32BE(20);
  const start = header.readUInt16BE(28) * sectorSize + header.readUInt16BE(126) * blockSize;
  const size = header.readUInt16BE(128) * blockSize;
  if (size < probeLength || start + size > disk.size) throw new DiskError('has a volume outside of itself');
  return { fileSystem: 'hfs', disk: sliceDisk(disk, start, size) };
}

async function partitionsOf(disk: DiskReader, signal: AbortSignal | undefined): Promise<Extent[]> {
  const head = await disk.read(0, Math.min(2 * 4096, disk.size), signal);
  // Disks with large blocks have their tables in the second large block.
  for (const blockSize of [sectorSize, 2048, 4096]) {
    if (head.toString('latin1', blockSize, blockSize + 8) === 'EFI PART')
      return readGpt(disk, head.subarray(blockSize), blockSize, signal);
    if (head.toString('latin1', blockSize, blockSize + 2) === 'PM') return readAppleMap(disk, blockSize, signal);
  }
  return readMbr(head);
}

/** UEFI specification, section 5.3. */
async function readGpt(
  disk: DiskReader,
  header: Buffer,
  blockSize: number,
  signal: AbortSignal | undefined,
): Promise<Extent[]> {
  if (header.length < 92) throw new DiskError('has a partition table that is cut off');
  const entrySize = header.readUInt32LE(84);
  const count = Math.min(header.readUInt32LE(80), maxPartitions);
  if (entrySize < 128 || entrySize > 4096) throw new DiskError('has a partition table with impossible entries');
  const table = await disk.read(Number(header.readBigUInt64LE(72)) * blockSize, count * entrySize, signal);
  const found: Extent[] = [];
  for (let at = 0; at + entrySize <= table.length; at += entrySize) {
    if (table.subarray(at, at + 16).every((byte) => byte === 0)) continue;
    const first = Number(table.readBigUInt64LE(at + 32));
    const last = Number(table.readBigUInt64LE(at + 40));
    if (last >= first) found.push({ start: first * blockSize, size: (last - first + 1) * blockSize });
  }
  return found;
}

/** Inside Macintosh: Devices, chapter 3. Each partition has one block, and each block says how many there are. */
async function readAppleMap(disk: DiskReader, blockSize: number, signal: AbortSignal | undefined): Promise<Extent[]> {
  const found: Extent[] = [];
  let count = 1;
  for (let index = 1; index <= count; index += 1) {
    const block = await disk.read(index * blockSize, sectorSize, signal);
    if (block.toString('latin1', 0, 2) !== 'PM') break;
    count = Math.min(block.readUInt32BE(4), maxPartitions);
    found.push({ start: block.readUInt32BE(8) * blockSize, size: block.readUInt32BE(12) * blockSize });
  }
  return found;
}

function readMbr(head: Buffer): Extent[] {
  if (head.length < sectorSize || head.readUInt16LE(510) !== 0xaa55) return [];
  return [446, 462, 478, 494].map((at) => ({
    start: head.readUInt32LE(at + 8) * sectorSize,
    size: head.readUInt32LE(at + 12) * sectorSize,
  }));
}
