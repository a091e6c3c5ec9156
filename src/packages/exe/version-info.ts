/** What a program's version resource says; texts by their names, such as `ProductName`. */
export interface VersionInfo {
  texts: ReadonlyMap<string, string>;
  /** Four numbers of the fixed part, as `1.2.3.4`; null where they are missing or all zero. */
  productVersion: string | null;
}

interface Block {
  key: string;
  value: Buffer;
  children: Buffer;
}

const fixedSignature = 0xfeef04bd;
const mostBlocks = 2_000;

/**
 * Reads VS_VERSIONINFO: blocks within blocks, each with a length, a name and a value.
 * https://learn.microsoft.com/windows/win32/menurc/vs-versioninfo
 */
export function readVersionInfo(bytes: Buffer): VersionInfo {
  const [root] = blocks(bytes, 0);
  if (root === undefined || root.key !== 'VS_VERSION_INFO') return { texts: new Map(), productVersion: null };
  const tables: Block[] = [];
  let preferred: string | null = null;
  for (const child of blocks(root.children, 0)) {
    if (child.key === 'StringFileInfo') tables.push(...blocks(child.children, 0));
    if (child.key === 'VarFileInfo') preferred ??= translation(child);
  }
  const ordered = tables.toSorted((left, right) => rank(left, preferred) - rank(right, preferred));
  const texts = new Map<string, string>();
  for (const table of ordered)
    for (const { key, value } of blocks(table.children, 0)) {
      const text = value.toString('utf16le').replace(/\0[\s\S]*$/, '');
      if (!texts.has(key) && text.trim() !== '') texts.set(key, text);
    }
  return { texts, productVersion: fixedVersion(root.value) };
}

const rank = (table: Block, preferred: string | null) => (table.key.toLowerCase() === preferred ? 0 : 1);

/** The table that the program itself names first: language and code page in hexadecimal. */
function translation(block: Block): string | null {
  const value = blocks(block.children, 0).find(({ key }) => key === 'Translation')?.value;
  if (value === undefined || value.length < 4) return null;
  const hex = (number: number) => number.toString(16).padStart(4, '0');
  return hex(value.readUInt16LE(0)) + hex(value.readUInt16LE(2));
}

function fixedVersion(value: Buffer): string | null {
  if (value.length < 24 || value.readUInt32LE(0) !== fixedSignature) return null;
  const parts = [18, 16, 22, 20].map((at) => value.readUInt16LE(at));
  return parts.every((part) => part === 0) ? null : parts.join('.');
}

function blocks(bytes: Buffer, from: number): Block[] {
  const found: Block[] = [];
  let at = from;
  while (at + 6 <= bytes.length && found.length < mostBlocks) {
    const length = bytes.readUInt16LE(at);
    if (length < 6) break;
    const block = bytes.subarray(at, Math.min(at + length, bytes.length));
    found.push(readBlock(block));
    at = aligned(at + length);
  }
  return found;
}

function readBlock(block: Buffer): Block {
  const valueLength = block.readUInt16LE(2);
  const isText = block.readUInt16LE(4) === 1;
  let keyEnd = 6;
  while (keyEnd + 2 <= block.length && block.readUInt16LE(keyEnd) !== 0) keyEnd += 2;
  const key = block.toString('utf16le', 6, keyEnd);
  const start = Math.min(aligned(keyEnd + 2), block.length);
  // Tools disagree whether a text's length counts characters or bytes; a text fills its block, up to its closing zero.
  const end = Math.min(start + (isText ? valueLength * 2 : valueLength), block.length);
  return { key, value: block.subarray(start, isText ? block.length : end), children: block.subarray(aligned(end)) };
}

/** Blocks start at multiples of four bytes, counted from the start of what holds them, which is itself aligned. */
const aligned = (at: number) => (at + 3) & ~3;
