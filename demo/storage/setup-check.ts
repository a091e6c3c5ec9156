const largestTail = 1024 * 1024;
const endMark = 0x06054b50;
const entryMark = 0x02014b50;

/**
 * Looks on at the content of a Win32 app while it is decrypted: it has to be a zip archive that holds the setup file, or
 * devices unpack nothing. The directory of an archive lies at its end.
 */
export class SetupCheck {
  readonly #setupFile: string;
  #tail = Buffer.alloc(0);

  constructor(setupFile: string) {
    this.#setupFile = canonical(setupFile);
  }

  take(plain: Buffer): void {
    this.#tail = Buffer.concat([this.#tail, plain]);
    if (this.#tail.length > 2 * largestTail) this.#tail = Buffer.from(this.#tail.subarray(-largestTail));
  }

  holdsSetup(): boolean {
    return names(this.#tail).some((name) => canonical(name) === this.#setupFile);
  }
}

const canonical = (name: string) => name.replaceAll('\\', '/').toLowerCase();

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT 4.3.12, 4.3.16; places count from the end of the archive. */
function names(tail: Buffer): string[] {
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== endMark) end -= 1;
  if (end < 0) return [];
  const found: string[] = [];
  let at = end - tail.readUInt32LE(end + 12);
  while (at >= 0 && at + 46 <= end && tail.readUInt32LE(at) === entryMark) {
    const length = tail.readUInt16LE(at + 28);
    found.push(tail.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length + tail.readUInt16LE(at + 30) + tail.readUInt16LE(at + 32);
  }
  return found;
}
