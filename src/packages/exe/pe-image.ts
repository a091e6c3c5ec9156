import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import { PageCache } from '../page-cache.ts';

const headersSize = 4096;
const smallestProgram = 512;
/** Windows itself takes no more. */
const mostSections = 96;
const librarySign = 0x2000;
const executableSection = 0x20000000;
const directory = { resources: 2, signature: 4 } as const;

export interface PeSection {
  name: string;
  /** Where it lies in memory, relative to the image. */
  address: number;
  /** Where it lies in the file. */
  offset: number;
  /** Bytes in the file. */
  size: number;
  holdsCode: boolean;
}

interface PeHeaders {
  sections: PeSection[];
  resources: number | null;
  signatureOffset: number | null;
}

/**
 * A Windows program by its headers: what the file holds and where. Nothing of it is run.
 * https://learn.microsoft.com/windows/win32/debug/pe-format
 */
export class PeImage {
  readonly sections: readonly PeSection[];
  /** Address of the resources; null without any. */
  readonly resources: number | null;
  /** What follows the program in the file, which is where installers keep what they install. */
  readonly overlay: { start: number; end: number };
  readonly #pages: PageCache;
  readonly #signal: AbortSignal | undefined;

  private constructor(source: ByteSource, headers: PeHeaders, signal: AbortSignal | undefined) {
    this.sections = headers.sections;
    this.resources = headers.resources;
    const programEnd = Math.max(smallestProgram, ...this.sections.map(sectionEnd));
    const start = Math.min(programEnd, source.size);
    const isSigned = headers.signatureOffset !== null && headers.signatureOffset >= start;
    this.overlay = { start, end: isSigned ? Math.min(headers.signatureOffset ?? start, source.size) : source.size };
    this.#pages = new PageCache({
      size: source.size,
      fetch: (offset, length, stop) => source.read(offset, length, stop),
      maxReadAhead: 4,
    });
    this.#signal = signal;
  }

  static async open(source: ByteSource, signal?: AbortSignal): Promise<PeImage> {
    const dosHeader = await source.read(0, 64, signal);
    if (dosHeader.length < 64) throw new ProblemError('packageTruncated');
    const start = dosHeader.readUInt32LE(60);
    const headers = await source.read(start, headersSize, signal);
    if (!headers.subarray(0, 4).equals(Buffer.from('PE\0\0'))) throw notWindowsProgram(headers);
    return new PeImage(source, readHeaders(headers, source.size), signal);
  }

  /** Up to `length` bytes of the file. */
  read(offset: number, length: number): Promise<Buffer> {
    return this.#pages.read(offset, length, this.#signal);
  }

  /** Up to `length` bytes at an address, shorter at the end of its section; nothing where the file holds nothing. */
  async readAddress(address: number, length: number): Promise<Buffer> {
    const section = this.sections.find((each) => address >= each.address && address < each.address + each.size);
    if (section === undefined) return Buffer.alloc(0);
    const within = address - section.address;
    return this.read(section.offset + within, Math.min(length, section.size - within));
  }
}

function readHeaders(bytes: Buffer, fileSize: number): PeHeaders {
  if (bytes.length < 24) throw new ProblemError('packageTruncated');
  const sectionCount = bytes.readUInt16LE(6);
  const optionalSize = bytes.readUInt16LE(20);
  const optional = bytes.subarray(24, 24 + optionalSize);
  const table = bytes.subarray(24 + optionalSize);
  if (optional.length < optionalSize || table.length < Math.min(sectionCount, mostSections) * 40)
    throw new ProblemError('packageTruncated');
  if (sectionCount === 0 || sectionCount > mostSections)
    throw new ProblemError('packageMalformed', { detail: 'Its headers name an impossible number of sections.' });
  if ((bytes.readUInt16LE(22) & librarySign) !== 0)
    throw new ProblemError('exeNotProgram', { detail: 'It is a library (DLL), which other programs load.' });

  const sections = Array.from({ length: sectionCount }, (_, index) => readSection(table.subarray(index * 40)));
  // Linkers may leave out the padding of the last section.
  if (sections.some((section) => sectionEnd(section) > fileSize + headersSize))
    throw new ProblemError('packageTruncated');
  const resources = dataDirectory(optional, directory.resources);
  return {
    sections,
    resources: resources === null ? null : resources.start,
    signatureOffset: dataDirectory(optional, directory.signature)?.start ?? null,
  };
}

/** A section without bytes in the file names any place. */
const sectionEnd = ({ offset, size }: PeSection) => (size === 0 ? 0 : offset + size);

function readSection(header: Buffer): PeSection {
  return {
    name: header.toString('latin1', 0, 8).replace(/\0[\s\S]*$/, ''),
    address: header.readUInt32LE(12),
    offset: header.readUInt32LE(20),
    size: header.readUInt32LE(16),
    holdsCode: (header.readUInt32LE(36) & executableSection) !== 0,
  };
}

/** A pair of place and size at the end of the optional header, which is longer for programs of 64 bits. */
function dataDirectory(optional: Buffer, index: number): { start: number; size: number } | null {
  if (optional.length < 2) return null;
  const listStart = optional.readUInt16LE(0) === 0x20b ? 112 : 96;
  const at = listStart + index * 8;
  if (at + 8 > optional.length || index >= optional.readUInt32LE(listStart - 4)) return null;
  const found = { start: optional.readUInt32LE(at), size: optional.readUInt32LE(at + 4) };
  return found.start === 0 || found.size === 0 ? null : found;
}

function notWindowsProgram(headers: Buffer): ProblemError {
  const sign = headers.toString('latin1', 0, 2);
  if (sign === 'NE' || sign === 'LE')
    return new ProblemError('exeNotProgram', { detail: 'It is a program for Windows of 16 bits.' });
  return new ProblemError('exeNotProgram', {
    detail: 'It has no header of a Windows program: it is for DOS, or damaged.',
  });
}
