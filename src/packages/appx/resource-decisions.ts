import { body, idOf } from './pri-section.ts';

const languageQualifier = 0;
const maxQualifiers = 20;

/** Which languages the candidate at a place is made for; null beyond a decision's candidates. */
export class Decisions {
  readonly #data: Buffer;
  readonly #sets: number;
  readonly #qualifiers: number;
  readonly #kinds: number;
  readonly #indexes: number;
  readonly #texts: number;
  readonly #count: number;

  constructor(section: Buffer) {
    if (!idOf(section).startsWith('[mrm_decn_info]')) throw new RangeError('No decisions');
    const data = body(section);
    this.#data = data;
    this.#count = data.readUInt16LE(6);
    this.#sets = 12 + this.#count * 4;
    this.#qualifiers = this.#sets + data.readUInt16LE(4) * 4;
    this.#kinds = this.#qualifiers + data.readUInt16LE(2) * 8;
    this.#indexes = this.#kinds + data.readUInt16LE(0) * 12;
    this.#texts = this.#indexes + data.readUInt16LE(8) * 2;
  }

  languages(decision: number, candidate: number): string[] | null {
    if (decision >= this.#count) throw new RangeError('No such decision');
    const set = this.#listed(12 + decision * 4, candidate);
    if (set === null) return null;
    const found: string[] = [];
    for (let order = 0; order < maxQualifiers; order += 1) {
      const qualifier = this.#listed(this.#sets + set * 4, order);
      if (qualifier === null) break;
      const kind = this.#kinds + this.#data.readUInt16LE(this.#qualifiers + qualifier * 8) * 12;
      if (this.#data.readUInt16LE(kind + 2) !== languageQualifier) continue;
      found.push(this.#languageTags(this.#texts + this.#data.readUInt32LE(kind + 8) * 2).toLowerCase());
    }
    return found;
  }

  /** A member of a list that is written as its start and length in the table of indexes. */
  #listed(list: number, order: number): number | null {
    if (order >= this.#data.readUInt16LE(list + 2)) return null;
    return this.#data.readUInt16LE(this.#indexes + (this.#data.readUInt16LE(list) + order) * 2);
  }

  #languageTags(at: number): string {
    if (at > this.#data.length) throw new RangeError('Beyond the end');
    const text = this.#data.toString('utf16le', at, Math.min(at + 200, this.#data.length));
    const end = text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  }
}
