import { body, idOf, slice } from './pri-section.ts';

export interface Candidate {
  type: number;
  /** The value itself, or else where it is. */
  bytes: Buffer | null;
  section: number;
  item: number;
}

export class ResourceMap {
  readonly schemaSection: number;
  readonly decisionSection: number;
  readonly #data: Buffer;
  readonly #types: number;
  readonly #typeCount: number;
  readonly #firstItems: { item: number; group: number }[] = [];
  readonly #groups: { size: number; first: number }[] = [];
  readonly #infos: number;
  readonly #infoCount: number;
  readonly #candidates: number;
  readonly #candidateCount: number;

  constructor(section: Buffer) {
    if (!idOf(section).startsWith('[mrm_res_map')) throw new RangeError('No resource map');
    const data = body(section);
    this.#data = data;
    this.schemaSection = data.readUInt16LE(4);
    this.decisionSection = data.readUInt16LE(8);
    this.#typeCount = data.readUInt16LE(10);
    const firstItemCount = data.readUInt16LE(12);
    const groupCount = data.readUInt16LE(14);
    this.#infoCount = data.readUInt32LE(16);
    this.#candidateCount = data.readUInt32LE(20);
    const largeTable = data.readUInt32LE(28);
    this.#types = 32 + data.readUInt16LE(0) + data.readUInt16LE(6);
    let at = this.#types + this.#typeCount * 8;
    for (let index = 0; index < firstItemCount; index += 1, at += 4)
      this.#firstItems.push({ item: data.readUInt16LE(at), group: data.readUInt16LE(at + 2) });
    for (let index = 0; index < groupCount; index += 1, at += 4)
      this.#groups.push({ size: data.readUInt16LE(at), first: data.readUInt16LE(at + 2) });
    this.#infos = at;
    this.#candidates = at + this.#infoCount * 4 + largeTable;
  }

  /** Which decision chooses among an item's candidates, and where those start. */
  candidatesOf(item: number): { decision: number; first: number } | null {
    for (const { item: firstItem, group: index } of this.#firstItems) {
      // Groups of one item each are not written down.
      const group = this.#groups[index] ?? { size: 1, first: index - this.#groups.length };
      if (item < firstItem || item >= firstItem + group.size) continue;
      const info = group.first + item - firstItem;
      if (info >= this.#infoCount) return null;
      const at = this.#infos + info * 4;
      return { decision: this.#data.readUInt16LE(at), first: this.#data.readUInt16LE(at + 2) };
    }
    return null;
  }

  candidate(index: number): Candidate {
    if (index >= this.#candidateCount) throw new RangeError('No such candidate');
    const at = this.#candidates + index * 8;
    const typeIndex = this.#data.readUInt8(at + 1);
    if (typeIndex >= this.#typeCount) throw new RangeError('No such type');
    const type = this.#data.readUInt32LE(this.#types + typeIndex * 8 + 4);
    if (this.#data.readUInt8(at) === 0) {
      const start = this.#candidates + this.#candidateCount * 8 + this.#data.readUInt32LE(at + 4);
      return { type, bytes: slice(this.#data, start, this.#data.readUInt16LE(at + 2)), section: 0, item: 0 };
    }
    // A value in another file is none that can be read here.
    const isElsewhere = this.#data.readUInt16LE(at + 2) !== 0;
    const item = this.#data.readUInt16LE(at + 4);
    return { type: isElsewhere ? -1 : type, bytes: null, section: this.#data.readUInt16LE(at + 6), item };
  }
}
