/** Teams' limits as the service counts them: on arrival, refused requests included in nothing. */
const windows = {
  write: [
    [7, 1_000],
    [8, 2_000],
    [60, 30_000],
    [1_800, 3_600_000],
  ],
  members: [
    [14, 1_000],
    [16, 2_000],
    [120, 30_000],
    [3_600, 3_600_000],
  ],
  tenant: [[50, 1_000]],
} as const;

export type LimitKind = keyof typeof windows;

export class ConnectorLimits {
  readonly #arrivals = new Map<string, number[]>();

  /** Seconds to wait, or null if the request is within the limits. */
  arrive(kind: LimitKind, key: string, at: number): number | null {
    const id = `${kind} ${key}`;
    const before = this.#arrivals.get(id) ?? [];
    for (const [count, span] of windows[kind]) {
      const inside = before.filter((time) => time > at - span);
      if (inside.length >= count) return Math.max(1, Math.ceil(((inside[0] ?? at) + span - at) / 1000));
    }
    before.push(at);
    this.#arrivals.set(id, before.slice(-3_600));
    return null;
  }
}
