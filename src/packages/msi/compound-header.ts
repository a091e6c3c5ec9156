import { ProblemError } from '../../problems/problem.ts';
import { compoundFault } from './compound-fault.ts';

export const compoundMagic = Buffer.from('d0cf11e0a1b11ae1', 'hex');
export const headerSize = 512;
/** Sector numbers above this one have a meaning of their own: free, end of chain, table. */
export const lastSector = 0xfffffffa;

/**
 * The header of a compound file, as MS-CFB section 2.2 defines it:
 * https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb/05060311-bfce-4b12-874d-71fd4ce63aea
 */
export interface CompoundHeader {
  sectorSize: 512 | 4096;
  fatSectorCount: number;
  firstDirectorySector: number;
  firstMiniFatSector: number;
  firstDifatSector: number;
  /** The first sectors of the FAT; the others are listed in DIFAT sectors. */
  fatSectors: number[];
}

export function readCompoundHeader(bytes: Buffer): CompoundHeader {
  if (bytes.length < headerSize) throw new ProblemError('packageTruncated');
  const sectorShift = bytes.readUInt16LE(30);
  if (sectorShift !== 9 && sectorShift !== 12)
    throw compoundFault(`header names an impossible sector size (2^${sectorShift} bytes)`);
  if (bytes.readUInt16LE(28) !== 0xfffe || bytes.readUInt16LE(32) !== 6)
    throw compoundFault('header is not that of a compound file');
  const fatSectors: number[] = [];
  for (let at = 76; at < headerSize; at += 4) {
    const sector = bytes.readUInt32LE(at);
    if (sector <= lastSector) fatSectors.push(sector);
  }
  return {
    sectorSize: sectorShift === 9 ? 512 : 4096,
    fatSectorCount: bytes.readUInt32LE(44),
    firstDirectorySector: bytes.readUInt32LE(48),
    firstMiniFatSector: bytes.readUInt32LE(60),
    firstDifatSector: bytes.readUInt32LE(68),
    fatSectors,
  };
}
