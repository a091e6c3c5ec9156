import { createHash } from 'node:crypto';
import { ProblemError } from '../../problems/problem.ts';
import { bunzip2Bounded, DecompressionError, inflateBounded } from '../bounded-decompression.ts';
import type { ByteSource } from '../byte-source.ts';
import { parseXml, type XmlElement } from '../xml-document.ts';
import { unpackXz } from '../xz.ts';

const headerLength = 28;
const maxHeader = 4096;
const maxToc = 4 * 1024 ** 2;
const maxDepth = 16;
const maxFiles = 20_000;
const hashes = new Set(['sha1', 'md5', 'sha256', 'sha512']);

interface XarData {
  offset: number;
  length: number;
  size: number;
  encoding: string;
  checksum: { algorithm: string; digest: string } | null;
}

/** An archive in Apple's XAR format: a header, a compressed table of contents in XML, and a heap of data. */
export class XarArchive {
  /** Base64 of the certificates that came with the signature, the signer's first; null without a signature. */
  readonly certificates: readonly string[] | null;
  readonly #source: ByteSource;
  readonly #heapOffset: number;
  readonly #files: ReadonlyMap<string, XmlElement>;

  private constructor(source: ByteSource, heapOffset: number, toc: XmlElement) {
    this.#source = source;
    this.#heapOffset = heapOffset;
    this.#files = collectFiles(toc);
    this.certificates = signatureOf(toc);
    this.#assertComplete();
  }

  static async open(source: ByteSource, signal?: AbortSignal): Promise<XarArchive> {
    const header = await source.read(0, headerLength, signal);
    if (header.length < headerLength) throw new ProblemError('packageTruncated');
    // https://github.com/apple-oss-distributions/xar/blob/main/xar/include/xar.h.in
    const headerSize = header.readUInt16BE(4);
    const version = header.readUInt16BE(6);
    const compressed = Number(header.readBigUInt64BE(8));
    const inflated = Number(header.readBigUInt64BE(16));
    if (headerSize < headerLength || headerSize > maxHeader) throw malformed('Its header has an impossible size.');
    if (version > 1) throw malformed(`Its header has version ${version}, which I do not know.`);
    if (headerSize + compressed > source.size) throw new ProblemError('packageTruncated');
    if (compressed > maxToc || inflated > maxToc) throw tocTooLarge();
    const bytes = await source.read(headerSize, compressed, signal);
    const xml = await inflateBounded(bytes, inflated).catch((error: unknown) => {
      throw malformed('Its table of contents cannot be read.', error);
    });
    if (xml.length !== inflated) throw malformed('Its table of contents is shorter than it says.');
    const root = parseXml(xml, 'The table of contents');
    const toc = root.name === 'xar' ? root.child('toc') : null;
    if (toc === null) throw malformed('Its table of contents is not that of an installer package.');
    return new XarArchive(source, headerSize + compressed, toc);
  }

  /** Paths of all files and folders, in the order of the table of contents. */
  paths(): IterableIterator<string> {
    return this.#files.keys();
  }

  /** The content of a file, null if there is none of that path. */
  async readFile(path: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer | null> {
    const file = this.#files.get(path);
    const data = file === undefined ? null : dataOf(file, path);
    if (data === null) return null;
    if (data.size > maxBytes || data.length > maxBytes + 64 * 1024) throw beyondLimit(path, maxBytes);
    const raw = await this.#source.read(this.#heapOffset + data.offset, data.length, signal);
    if (raw.length < data.length) throw new ProblemError('packageTruncated');
    const content = await decode(raw, data, path);
    if (content.length !== data.size) throw malformed(`${shown(path)} in it does not have the size it says.`);
    const { checksum } = data;
    if (checksum !== null && createHash(checksum.algorithm).update(content).digest('hex') !== checksum.digest)
      throw malformed(`The checksum of ${shown(path)} in it is wrong.`);
    return content;
  }

  /** A download that broke off shows in the large payloads, which nobody else reads. */
  #assertComplete(): void {
    for (const [path, file] of this.#files) {
      const data = dataOf(file, path);
      if (data !== null && this.#heapOffset + data.offset + data.length > this.#source.size)
        throw new ProblemError('packageTruncated', { detail: `${shown(path)} in it is not complete.` });
    }
  }
}

async function decode(raw: Buffer, data: XarData, path: string): Promise<Buffer> {
  try {
    switch (data.encoding) {
      case 'application/octet-stream':
        return raw;
      case 'application/x-gzip':
      case 'application/zlib':
        return await inflateBounded(raw, data.size);
      case 'application/x-bzip2':
        return bunzip2Bounded(raw, data.size);
      case 'application/x-xz':
        return await unpackXz(raw, data.size);
      default:
        throw malformed(`${shown(path)} in it uses a compression that I do not know (${shown(data.encoding)}).`);
    }
  } catch (error) {
    if (!(error instanceof DecompressionError)) throw error;
    throw malformed(`${shown(path)} in it ${error.isTooLarge ? 'is larger than it says' : error.message}.`, error);
  }
}

/** Files by path. Folders nest in each other; a path that stands there twice is the first one. */
function collectFiles(toc: XmlElement): Map<string, XmlElement> {
  const files = new Map<string, XmlElement>();
  const visit = (parent: XmlElement, folder: string, depth: number) => {
    if (depth > maxDepth) throw malformed('Its folders are nested too deep.');
    for (const file of parent.childrenNamed('file')) {
      if (files.size >= maxFiles) throw new ProblemError('packageBeyondLimits', { detail: 'It holds too many files.' });
      const path = `${folder}${nameOf(file)}`;
      if (files.has(path)) throw malformed(`It holds ${shown(path)} more than once.`);
      files.set(path, file);
      visit(file, `${path}/`, depth + 1);
    }
  };
  visit(toc, '', 0);
  return files;
}

function nameOf(file: XmlElement): string {
  const name = file.child('name');
  const text = name?.text.trim() ?? '';
  const isBase64 = name?.attribute('enctype') === 'base64';
  return isBase64 ? Buffer.from(text, 'base64').toString('utf8') : text;
}

function dataOf(file: XmlElement, path: string): XarData | null {
  const data = file.child('data');
  if (data === null) return null;
  const number = (name: string) => wholeNumber(data.childText(name), path);
  const checksum = data.child('extracted-checksum');
  const algorithm = checksum?.attribute('style')?.toLowerCase().replace('-', '') ?? '';
  return {
    offset: number('offset'),
    length: number('length'),
    size: number('size'),
    encoding: data.child('encoding')?.attribute('style') ?? 'application/octet-stream',
    checksum:
      checksum !== null && hashes.has(algorithm) ? { algorithm, digest: checksum.text.trim().toLowerCase() } : null,
  };
}

function wholeNumber(text: string | null, path: string): number {
  const value = /^\d{1,15}$/.test(text?.trim() ?? '') ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw malformed(`The place or size of ${shown(path)} in it is not a number.`);
  return value;
}

function signatureOf(toc: XmlElement): string[] | null {
  const signature = toc.child('signature') ?? toc.child('x-signature');
  if (signature === null) return null;
  const data = signature.child('KeyInfo')?.childrenNamed('X509Data') ?? [];
  return data.flatMap((part) => part.childrenNamed('X509Certificate').map((certificate) => certificate.text));
}

const malformed = (detail: string, cause?: unknown) => new ProblemError('packageMalformed', { detail, cause });
const tocTooLarge = () =>
  new ProblemError('packageBeyondLimits', {
    detail: `Its table of contents is larger than ${maxToc / 1024 ** 2} MiB.`,
  });
const beyondLimit = (path: string, maxBytes: number) =>
  new ProblemError('packageBeyondLimits', {
    detail: `${shown(path)} in it is larger than ${Math.floor(maxBytes / 1024)} KiB.`,
  });
/** Names come from the package: kept short and printable. */
const shown = (name: string) => name.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
