/** Names are unique in a workspace and kind, whatever their case. */
export const nameKey = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();

export const longestName = 60;

export function nameFault(name: string): string | null {
  if (name.trim() === '') return 'Give the template a name.';
  return name.trim().length > longestName ? `A name has ${longestName} characters at most.` : null;
}

/** A name that nobody has: `Pilot first (copy)`, `Pilot first (copy 2)`. */
export function copyName(name: string, taken: readonly string[]): string {
  const keys = new Set(taken.map(nameKey));
  for (let number = 1; ; number += 1) {
    const ending = number === 1 ? ' (copy)' : ` (copy ${number})`;
    const candidate = `${name.slice(0, longestName - ending.length).trimEnd()}${ending}`;
    if (!keys.has(nameKey(candidate))) return candidate;
  }
}
