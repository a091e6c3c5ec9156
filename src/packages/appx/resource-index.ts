import { body, idOf, slice } from './pri-section.ts';
import { Decisions } from './resource-decisions.ts';
import { type Candidate, ResourceMap } from './resource-map.ts';
import { findItem } from './resource-schema.ts';

/**
 * A package resource index (resources.pri), as far as strings need it. The format is not documented; its parts are: a table
 * of sections, a schema (tree of names), decisions (which qualifiers a candidate is for), a map from names to candidates,
 * and items (the values). Everything read here may throw a RangeError for damaged bytes.
 */
export interface StringCandidate {
  /** Lower-case language tags that the text is made for; none means any. */
  languages: string[];
  text: string;
}

const longestText = 2_000;
const maxCandidates = 500;

/** How a candidate's type says what its bytes are. */
const encodings: ReadonlyMap<number, BufferEncoding> = new Map([
  [0, 'utf16le'],
  [3, 'latin1'],
  [4, 'utf8'],
]);

export class ResourceIndex {
  readonly #bytes: Buffer;
  readonly #sections: Buffer[];
  readonly #map: ResourceMap;
  readonly #decisions: Decisions;

  constructor(bytes: Buffer) {
    if (!/^mrm_(pri[0-3]|prif)$/.test(bytes.toString('latin1', 0, 8))) throw new RangeError('No resource index');
    this.#bytes = bytes;
    this.#sections = readSections(bytes);
    const descriptor = this.#sections.find((section) => idOf(section).startsWith('[mrm_pridescex]'));
    if (descriptor === undefined) throw new RangeError('No descriptor');
    this.#map = new ResourceMap(this.#section(body(descriptor).readUInt16LE(12)));
    this.#decisions = new Decisions(this.#section(this.#map.decisionSection));
  }

  /** Texts for a name such as `Resources/AppName`; the case does not matter. */
  strings(path: string): StringCandidate[] {
    const item = findItem(this.#section(this.#map.schemaSection), path.toLowerCase());
    const place = item === null ? null : this.#map.candidatesOf(item);
    if (place === null) return [];
    const found: StringCandidate[] = [];
    for (let order = 0; order < maxCandidates; order += 1) {
      const languages = this.#decisions.languages(place.decision, order);
      if (languages === null) break;
      const text = this.#text(this.#map.candidate(place.first + order));
      if (text !== null) found.push({ languages, text });
    }
    return found;
  }

  #text(candidate: Candidate): string | null {
    const encoding = encodings.get(candidate.type);
    if (encoding === undefined) return null;
    const bytes = candidate.bytes ?? this.#item(candidate.section, candidate.item);
    const width = encoding === 'utf16le' ? 2 : 1;
    const text = bytes.toString(encoding, 0, Math.min(bytes.length, longestText * width));
    const end = text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  }

  #item(section: number, index: number): Buffer {
    const data = body(this.#section(section));
    const count = data.readUInt16LE(4);
    const blobs = data.readUInt16LE(6);
    if (index >= count) throw new RangeError('No such item');
    const start = 12 + count * 4 + blobs * 8 + data.readUInt16LE(12 + index * 4);
    return slice(data, start, data.readUInt16LE(14 + index * 4));
  }

  #section(index: number): Buffer {
    const section = this.#sections[index];
    if (section === undefined) throw new RangeError(`No section ${index} in ${this.#bytes.length} bytes`);
    return section;
  }
}

function readSections(bytes: Buffer): Buffer[] {
  const table = bytes.readUInt32LE(16);
  const start = bytes.readUInt32LE(20);
  const count = bytes.readUInt16LE(24);
  const sections: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = table + index * 32;
    sections.push(slice(bytes, start + bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 28)));
  }
  return sections;
}
