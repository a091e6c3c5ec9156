import { TextDecoder } from 'node:util';

/** Windows' numbers of code pages, by the names of the Encoding Standard. */
const encodings: Readonly<Record<number, string>> = {
  866: 'ibm866',
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  1200: 'utf-16le',
  10000: 'macintosh',
  20866: 'koi8-r',
  21866: 'koi8-u',
  51932: 'euc-jp',
  54936: 'gb18030',
  65001: 'utf-8',
};

/** Null for a code page that cannot be read here. 0 stands for the code page of whatever machine installs. */
export function textDecoder(codePage: number): TextDecoder | null {
  const name = encodingName(codePage);
  return name === null ? null : new TextDecoder(name);
}

function encodingName(codePage: number): string | null {
  if (codePage === 0 || codePage === 20127) return 'windows-1252';
  if (codePage >= 1250 && codePage <= 1258) return `windows-${codePage}`;
  // 12 is the number of a standard that was never finished.
  const part = codePage - 28590;
  if (part >= 1 && part <= 16 && part !== 12) return `iso-8859-${part}`;
  return encodings[codePage] ?? null;
}
