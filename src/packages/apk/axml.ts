import { type Chunk, ChunkError, childChunks, chunkType, readChunk } from './chunk.ts';
import { type ResourceValue, resourceValue } from './resource-value.ts';
import { StringPool } from './string-pool.ts';

const none = 0xffffffff;
const longestName = 256;
const smallestAttribute = 20;

/** Which attribute is meant. Attributes of the android namespace are known by resource id, others by name. */
export type AttributeKey = { id: number } | { name: string };

/** A start tag. Attributes are read when asked for: a file may hold hundreds of thousands that nobody needs. */
export interface XmlElement {
  name: string;
  attribute(key: AttributeKey): ResourceValue | null;
}

export type XmlEvent = { kind: 'start'; element: XmlElement } | { kind: 'end' };

/** Android's binary XML, as aapt and aapt2 write it. */
export function* readBinaryXml(bytes: Buffer): Generator<XmlEvent> {
  const root = readChunk(bytes, 0);
  if (root.type !== chunkType.xml) throw new ChunkError('is not binary XML');
  let strings: StringPool | undefined;
  let resourceIds: Buffer = Buffer.alloc(0);
  for (const chunk of childChunks(root)) {
    if (chunk.type === chunkType.stringPool && strings === undefined) strings = new StringPool(chunk);
    else if (chunk.type === chunkType.xmlResourceMap) resourceIds = chunk.bytes.subarray(chunk.headerSize);
    else if (chunk.type === chunkType.xmlEndElement) yield { kind: 'end' };
    else if (chunk.type === chunkType.xmlStartElement) {
      if (strings === undefined) throw new ChunkError('has elements before its strings');
      yield { kind: 'start', element: new StartElement(chunk, strings, resourceIds) };
    }
  }
}

class StartElement implements XmlElement {
  readonly name: string;
  readonly #bytes: Buffer;
  readonly #strings: StringPool;
  readonly #resourceIds: Buffer;
  readonly #attributes: number;
  readonly #attributeSize: number;
  readonly #attributeCount: number;

  constructor(chunk: Chunk, strings: StringPool, resourceIds: Buffer) {
    const { bytes, headerSize } = chunk;
    if (headerSize + 20 > bytes.length) throw new ChunkError('has an element that is cut off');
    this.#bytes = bytes;
    this.#strings = strings;
    this.#resourceIds = resourceIds;
    this.name = strings.get(bytes.readUInt32LE(headerSize + 4), longestName) ?? '';
    this.#attributes = headerSize + bytes.readUInt16LE(headerSize + 8);
    this.#attributeSize = bytes.readUInt16LE(headerSize + 10);
    this.#attributeCount = bytes.readUInt16LE(headerSize + 12);
    if (this.#attributeCount === 0) return;
    if (this.#attributeSize < smallestAttribute) throw new ChunkError('has attributes of an impossible size');
    if (this.#attributes + this.#attributeCount * this.#attributeSize > bytes.length)
      throw new ChunkError('has an element that claims too many attributes');
  }

  attribute(key: AttributeKey): ResourceValue | null {
    for (let index = 0; index < this.#attributeCount; index += 1) {
      const at = this.#attributes + index * this.#attributeSize;
      if (this.#matches(at, key)) return this.#value(at);
    }
    return null;
  }

  #matches(at: number, key: AttributeKey): boolean {
    const name = this.#bytes.readUInt32LE(at + 4);
    if ('id' in key)
      return name * 4 + 4 <= this.#resourceIds.length && this.#resourceIds.readUInt32LE(name * 4) === key.id;
    return this.#strings.get(name, longestName) === key.name;
  }

  #value(at: number): ResourceValue {
    const value = resourceValue(this.#bytes.readUInt8(at + 15), this.#bytes.readUInt32LE(at + 16), this.#strings);
    if (value.kind !== 'other') return value;
    // A float, for example: the text as it was written may still be there.
    const raw = this.#bytes.readUInt32LE(at + 8);
    const text = raw === none ? null : this.#strings.get(raw);
    return text === null ? value : { kind: 'text', text };
  }
}
