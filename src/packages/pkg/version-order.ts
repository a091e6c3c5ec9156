/** The earliest of the given versions by their numbers, null if there is none. */
export function earliestVersion(versions: readonly (string | null)[]): string | null {
  return known(versions).sort(compareVersions)[0] ?? null;
}

/** The latest of the given versions by their numbers, null if there is none. */
export function latestVersion(versions: readonly (string | null)[]): string | null {
  return known(versions).sort(compareVersions).at(-1) ?? null;
}

const known = (versions: readonly (string | null)[]) => versions.filter((version) => version !== null);

function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let part = 0; part < Math.max(left.length, right.length); part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbers = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
