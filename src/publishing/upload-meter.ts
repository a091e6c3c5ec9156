const windowMs = 5_000;

/** Bytes per second over the last seconds. */
export class UploadMeter {
  readonly #now: () => number;
  readonly #samples: { at: number; bytes: number }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  record(bytes: number): void {
    const at = this.#now();
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? at) < at - windowMs) this.#samples.shift();
  }

  /** Null while there is nothing to compare. */
  get bytesPerSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return null;
    if (this.#now() - last.at > windowMs) return null;
    return Math.round((last.bytes - first.bytes) / ((last.at - first.at) / 1000));
  }
}
