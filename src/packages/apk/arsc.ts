import { type Chunk, ChunkError, childChunks, chunkType, readChunk } from './chunk.ts';
import { type ResourceConfig, readResourceConfig } from './resource-config.ts';
import { type ResourceValue, resourceValue } from './resource-value.ts';
import { StringPool } from './string-pool.ts';

/** Far more than apps have; the rest of a larger table is left out. */
const maxTypes = 50_000;
const maxReferences = 10;
const maxVariants = 256;
/** Values looked at for one resource: references may branch at every step. */
const maxLookups = 5_000;
const noEntry = 0xffffffff;
const flags = { sparse: 0x01, offset16: 0x02, complex: 0x0001, compact: 0x0008 } as const;

/** One value of a resource and what it is meant for. */
export interface ResourceVariant {
  config: ResourceConfig;
  value: ResourceValue;
}

interface Search {
  found: ResourceVariant[];
  lookups: number;
}

interface TypeChunk {
  chunk: Chunk;
  config: ResourceConfig;
}

/**
 * Android's resources.arsc. Only the list of its types is kept; entries are looked up in place. Throws where Android
 * would refuse the table, and overlooks what Android overlooks (LoadedArsc in frameworks/base/libs/androidfw).
 */
export class ResourceTable {
  readonly #strings: StringPool | null;
  readonly #types = new Map<number, TypeChunk[]>();

  constructor(bytes: Buffer) {
    const table = readChunk(bytes, 0);
    if (table.type !== chunkType.table) throw new ChunkError('is not a resource table');
    let strings: StringPool | null = null;
    let types = 0;
    for (const chunk of childChunks(table)) {
      if (chunk.type === chunkType.stringPool) strings ??= new StringPool(chunk);
      if (chunk.type !== chunkType.tablePackage || chunk.bytes.length < 12) continue;
      const packageId = chunk.bytes.readUInt32LE(8) & 0xff;
      for (const type of childChunks(chunk, { tolerant: true })) {
        if (type.type !== chunkType.tableType || type.headerSize < 24 || types >= maxTypes) continue;
        types += 1;
        this.#addType(packageId, type);
      }
    }
    this.#strings = strings;
  }

  /** Every value of a resource, references followed. */
  variants(id: number): ResourceVariant[] {
    const search: Search = { found: [], lookups: 0 };
    this.#collect(id, null, [], search);
    return search.found;
  }

  /** The text that is meant for everybody: the default language if there is one, and the value least narrowed down. */
  text(id: number): string | null {
    const [best] = this.variants(id)
      .filter(({ value }) => value.kind === 'text' || value.kind === 'integer')
      .sort((a, b) => languageRank(a.config) - languageRank(b.config) || a.config.narrowness - b.config.narrowness);
    if (best?.value.kind === 'text') return best.value.text;
    return best?.value.kind === 'integer' ? String(best.value.value) : null;
  }

  #addType(packageId: number, chunk: Chunk): void {
    const key = typeKey(packageId, chunk.bytes.readUInt8(8));
    const config = readResourceConfig(chunk.bytes.subarray(20, chunk.headerSize));
    const types = this.#types.get(key);
    if (types === undefined) this.#types.set(key, [{ chunk, config }]);
    else types.push({ chunk, config });
  }

  #collect(id: number, through: ResourceConfig | null, path: readonly number[], search: Search): void {
    if (path.includes(id) || path.length >= maxReferences) return;
    for (const { chunk, config } of this.#types.get(typeKey(id >>> 24, (id >>> 16) & 0xff)) ?? []) {
      search.lookups += 1;
      if (search.found.length >= maxVariants || search.lookups > maxLookups) return;
      const value = this.#entry(chunk, id & 0xffff);
      if (value === null) continue;
      const applied = through === null ? config : narrower(through, config);
      if (value.kind === 'reference') this.#collect(value.id, applied, [...path, id], search);
      else search.found.push({ config: applied, value });
    }
  }

  #entry(chunk: Chunk, index: number): ResourceValue | null {
    const { bytes } = chunk;
    const offset = entryOffset(chunk, index);
    if (offset === null) return null;
    const at = bytes.readUInt32LE(16) + offset;
    if (at + 8 > bytes.length) return null;
    const entryFlags = bytes.readUInt16LE(at + 2);
    if ((entryFlags & flags.compact) !== 0)
      return resourceValue(entryFlags >> 8, bytes.readUInt32LE(at + 4), this.#strings);
    if ((entryFlags & flags.complex) !== 0) return null;
    const value = at + bytes.readUInt16LE(at);
    if (value + 8 > bytes.length) return null;
    return resourceValue(bytes.readUInt8(value + 3), bytes.readUInt32LE(value + 4), this.#strings);
  }
}

const typeKey = (packageId: number, typeId: number) => packageId * 256 + typeId;

function entryOffset({ bytes, headerSize }: Chunk, index: number): number | null {
  const typeFlags = bytes.readUInt8(9);
  const isSparse = (typeFlags & flags.sparse) !== 0;
  const width = !isSparse && (typeFlags & flags.offset16) !== 0 ? 2 : 4;
  const count = Math.min(bytes.readUInt32LE(12), Math.floor((bytes.length - headerSize) / width));
  if (isSparse) return sparseOffset(bytes, headerSize, count, index);
  if (index >= count) return null;
  if (width === 2) {
    const offset = bytes.readUInt16LE(headerSize + index * 2);
    return offset === 0xffff ? null : offset * 4;
  }
  const offset = bytes.readUInt32LE(headerSize + index * 4);
  return offset === noEntry ? null : offset;
}

/** Sparse types list pairs of index and offset, sorted by index. */
function sparseOffset(bytes: Buffer, start: number, count: number, index: number): number | null {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = bytes.readUInt16LE(start + middle * 4);
    if (found === index) return bytes.readUInt16LE(start + middle * 4 + 2) * 4;
    if (found < index) low = middle + 1;
    else high = middle - 1;
  }
  return null;
}

function languageRank({ language }: ResourceConfig): number {
  if (language === '') return 0;
  return language === 'en' ? 1 : 2;
}

/** A reference's own configuration and that of its target both apply. */
function narrower(outer: ResourceConfig, inner: ResourceConfig): ResourceConfig {
  return {
    language: outer.language === '' ? inner.language : outer.language,
    density: inner.density === 0 ? outer.density : inner.density,
    narrowness: outer.narrowness + inner.narrowness,
  };
}
