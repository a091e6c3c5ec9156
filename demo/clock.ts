/** Time of the local cloud: real, or moved forward by a test. */
export class Clock {
  readonly #source: () => number;
  #ahead = 0;

  constructor(source: () => number = Date.now) {
    this.#source = source;
  }

  now(): number {
    return this.#source() + this.#ahead;
  }

  advance(milliseconds: number): void {
    this.#ahead += milliseconds;
  }
}

/** How long Microsoft's side takes, in milliseconds. */
export interface Delays {
  uploadUrl: number;
  commit: number;
  publishing: number;
  /** From an admin's consent until roles stand in new tokens. */
  consent: number;
}

export const paces = {
  instant: { uploadUrl: 0, commit: 0, publishing: 0, consent: 0 },
  lifelike: { uploadUrl: 1_500, commit: 2_500, publishing: 3_000, consent: 8_000 },
} as const satisfies Record<string, Delays>;

export type Pace = keyof typeof paces;
