/** A map that forgets its least recently used entry when it is full, and any entry when its time is over. */
export interface BoundedMap<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, expiresAt?: number): void;
  delete(key: string): void;
  deleteWhere(matches: (value: Value, key: string) => boolean): void;
  readonly size: number;
}

export function createBoundedMap<Value>(limit: number, now: () => number): BoundedMap<Value> {
  const entries = new Map<string, { value: Value; expiresAt: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (entry.expiresAt <= now()) return undefined;
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, expiresAt = Number.POSITIVE_INFINITY) {
      entries.delete(key);
      entries.set(key, { value, expiresAt });
      if (entries.size <= limit) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
    delete(key) {
      entries.delete(key);
    },
    deleteWhere(matches) {
      for (const [key, entry] of entries) if (matches(entry.value, key)) entries.delete(key);
    },
    get size() {
      return entries.size;
    },
  };
}
