/** One line of the bench's output. `ratio` is made so that `goal` can be read against it; without one, `value` is. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  baseline: number | null;
  ratio: number | null;
  goal: string;
  note: string;
}

export interface Benchmark {
  /** Figures it can give; asking for one of them runs it. */
  names: readonly string[];
  run(options: RunOptions): AsyncIterable<Figure>;
}

export interface RunOptions {
  wanted(name: string): boolean;
  /** Aborted when the bench is interrupted; every process started with it ends then. */
  signal: AbortSignal;
  /** For people; never on stdout. */
  say(progress: string): void;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}

export interface Rounds<T> {
  subject: T[];
  baseline: T[];
}

/** Alternates the two so that a machine that drifts hurts both alike. */
export async function alternate<T>(
  rounds: number,
  subject: () => Promise<T>,
  baseline: () => Promise<T>,
): Promise<Rounds<T>> {
  const results: Rounds<T> = { subject: [], baseline: [] };
  for (let round = 0; round < rounds; round += 1) {
    results.baseline.push(await baseline());
    results.subject.push(await subject());
  }
  return results;
}
