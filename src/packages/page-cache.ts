/** Fetches exactly `length` bytes at `offset`. */
export type FetchBytes = (offset: number, length: number, signal?: AbortSignal) => Promise<Buffer>;

export interface PageCacheOptions {
  /** Bytes of the whole source. */
  size: number;
  fetch: FetchBytes;
  pageSize?: number;
  maxPages?: number;
  /** Pages that one fetch may bring when the reading goes straight on; 1 means no read-ahead. */
  maxReadAhead?: number;
}

/**
 * Keeps the pages used last, so that the many small reads of an archive's directory become few fetches. While reads go
 * straight on, each fetch brings twice as much as the one before: a long directory costs few requests, and no more is
 * fetched in vain than was used.
 */
export class PageCache {
  readonly #size: number;
  readonly #fetch: FetchBytes;
  readonly #pageSize: number;
  readonly #maxPages: number;
  readonly #maxReadAhead: number;
  readonly #pages = new Map<number, Buffer>();
  #readAhead = 1;
  #nextPage = -1;

  constructor(options: PageCacheOptions) {
    this.#size = options.size;
    this.#fetch = options.fetch;
    this.#pageSize = options.pageSize ?? 64 * 1024;
    this.#maxPages = options.maxPages ?? 16;
    this.#maxReadAhead = Math.min(options.maxReadAhead ?? 1, this.#maxPages);
  }

  /** Up to `length` bytes, shorter only at the end of the source. */
  async read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    const end = Math.min(offset + length, this.#size);
    if (offset < 0 || offset >= end) return Buffer.alloc(0);
    const first = Math.floor(offset / this.#pageSize);
    const last = Math.floor((end - 1) / this.#pageSize);
    // A read wider than the cache would evict its own pages.
    if (last - first + 1 > this.#maxPages) return this.#fetch(offset, end - offset, signal);

    const pages: Buffer[] = [];
    for (let page = first; page <= last; page += 1)
      pages.push(this.#recall(page) ?? (await this.#load(page, last, signal)));
    const whole = pages.length === 1 && pages[0] !== undefined ? pages[0] : Buffer.concat(pages);
    const start = offset - first * this.#pageSize;
    return whole.subarray(start, start + (end - offset));
  }

  #recall(page: number): Buffer | undefined {
    const found = this.#pages.get(page);
    if (found === undefined) return undefined;
    this.#pages.delete(page);
    this.#pages.set(page, found);
    return found;
  }

  async #load(page: number, lastWanted: number, signal: AbortSignal | undefined): Promise<Buffer> {
    this.#readAhead = page === this.#nextPage ? Math.min(this.#readAhead * 2, this.#maxReadAhead) : 1;
    const lastPage = Math.floor((this.#size - 1) / this.#pageSize);
    let until = Math.min(Math.max(lastWanted, page + this.#readAhead - 1), lastPage);
    for (let known = page + 1; known <= until; known += 1) if (this.#pages.has(known)) until = known - 1;

    const start = page * this.#pageSize;
    const end = Math.min((until + 1) * this.#pageSize, this.#size);
    const bytes = await this.#fetch(start, end - start, signal);
    this.#nextPage = until + 1;
    for (let loaded = until; loaded >= page; loaded -= 1) {
      const at = (loaded - page) * this.#pageSize;
      this.#keep(loaded, bytes.subarray(at, at + this.#pageSize));
    }
    return bytes.subarray(0, this.#pageSize);
  }

  #keep(page: number, bytes: Buffer): void {
    this.#pages.set(page, bytes);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#maxPages) break;
      this.#pages.delete(oldest);
    }
  }
}
