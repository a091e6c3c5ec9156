import { TextDecoder } from 'node:util';
import { textDecoder } from './code-page.ts';

export const summaryStream = '\u0005SummaryInformation';

const property = { codePage: 1, template: 7, wordCount: 15 } as const;
const valueType = { int16: 2, int32: 3, text: 30, wideText: 31 } as const;
const longestText = 4096;

export interface SummaryInformation {
  /** `x64;1033`: platforms, then languages. */
  template: string | null;
  /** Bits about the source; 8 means that no elevated privileges are needed. */
  wordCount: number | null;
}

/**
 * The property set that says what the package runs on (MS-OLEPS section 2.21). A damaged one tells nothing, and the
 * package's identity stands elsewhere.
 * https://learn.microsoft.com/windows/win32/msi/summary-information-stream-property-set
 */
export function readSummaryInformation(bytes: Buffer): SummaryInformation {
  const empty: SummaryInformation = { template: null, wordCount: null };
  if (bytes.length < 48 || bytes.readUInt16LE(0) !== 0xfffe) return empty;
  const start = bytes.readUInt32LE(44);
  if (start + 8 > bytes.length) return empty;
  const section = bytes.subarray(start);
  const declared = section.readUInt32LE(4);
  const count = Math.min(declared, Math.floor((section.length - 8) / 8));
  const places = new Map<number, number>();
  for (let index = 0; index < count; index += 1) {
    const id = section.readUInt32LE(8 + index * 8);
    if (!places.has(id)) places.set(id, section.readUInt32LE(12 + index * 8));
  }
  const codePage = integer(section, places.get(property.codePage)) ?? 0;
  return {
    template: text(section, places.get(property.template), codePage & 0xffff),
    wordCount: integer(section, places.get(property.wordCount)),
  };
}

function integer(section: Buffer, at: number | undefined): number | null {
  if (at === undefined || at + 8 > section.length) return null;
  const type = section.readUInt32LE(at);
  if (type === valueType.int16) return section.readInt16LE(at + 4);
  return type === valueType.int32 ? section.readInt32LE(at + 4) : null;
}

function text(section: Buffer, at: number | undefined, codePage: number): string | null {
  if (at === undefined || at + 8 > section.length) return null;
  const type = section.readUInt32LE(at);
  if (type !== valueType.text && type !== valueType.wideText) return null;
  // The length of wide text counts characters.
  const isWide = type === valueType.wideText;
  const declared = section.readUInt32LE(at + 4) * (isWide ? 2 : 1);
  const size = Math.min(declared, longestText, section.length - at - 8);
  const decoder = textDecoder(isWide ? 1200 : codePage) ?? new TextDecoder('windows-1252');
  return decoder.decode(section.subarray(at + 8, at + 8 + size)).replace(/\0[\s\S]*$/, '');
}
