export interface WidthOptions {
  start?: number;
  max?: number;
}

/**
 * How many blocks travel at the same time. Grows by one for every second block that arrived well, halves when the
 * storage or the network is overloaded. A burst of failures counts once: those under way since before the last cut
 * belong to the width that was already given up.
 */
export class AdaptiveWidth {
  readonly max: number;
  #current: number;
  #arrived = 0;
  #cutAt = 0;
  #sent = 0;

  constructor({ start = 4, max = 8 }: WidthOptions = {}) {
    this.max = max;
    this.#current = Math.min(start, max);
  }

  get current(): number {
    return this.#current;
  }

  /** A ticket for one attempt. */
  sending(): number {
    this.#sent += 1;
    return this.#sent;
  }

  arrived(): void {
    this.#arrived += 1;
    if (this.#arrived % 2 === 0) this.#current = Math.min(this.max, this.#current + 1);
  }

  overloaded(ticket: number): void {
    if (ticket <= this.#cutAt) return;
    this.#cutAt = this.#sent;
    this.#arrived = 0;
    this.#current = Math.max(1, Math.floor(this.#current / 2));
  }
}
