/** A value of Apple's property lists. Kinds that no package needs, such as keyed-archiver ids, are null. */
export type PropertyValue = string | number | boolean | Date | Buffer | readonly PropertyValue[] | PropertyDict | null;

export type PropertyDict = ReadonlyMap<string, PropertyValue>;

/** A fault in a property list. Its message may stand after a file name. */
export class PropertyListError extends Error {
  constructor(fault: string, options: { cause?: unknown } = {}) {
    super(fault, options);
    this.name = 'PropertyListError';
  }
}

/** Deeper than any property list of a package; keeps recursion bounded. */
export const deepestNesting = 64;

export function dictOf(value: PropertyValue | undefined): PropertyDict | null {
  return value instanceof Map ? value : null;
}

/** The text of a string, or of a number where somebody wrote a version without quotes. */
export function textOf(value: PropertyValue | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : null;
}

/** The elements of an array; a single value counts as an array of one, as it does for Apple's tools. */
export function listOf(value: PropertyValue | undefined): readonly PropertyValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as PropertyValue];
}
