/** What a template may take from a package. */
export interface PackageWords {
  name: string;
  version: string;
  publisher: string;
  identifier: string;
  productCode: string;
  fileName: string;
}

const names = ['name', 'version', 'publisher', 'identifier', 'productCode', 'fileName'] as const;

export const placeholderHint = `May hold ${names.map((name) => `{${name}}`).join(', ')}.`;

const pattern = /\{([A-Za-z]+)\}/g;

/** Placeholders that do not exist. A GUID in braces is none. */
export function unknownPlaceholders(text: string): string[] {
  const known: readonly string[] = names;
  return [...text.matchAll(pattern)].flatMap(([whole, name = '']) => (known.includes(name) ? [] : [whole]));
}

export function filled(text: string, words: PackageWords): string {
  return text.replace(pattern, (whole, name: string) => words[name as keyof PackageWords] ?? whole).trim();
}

/** Placeholders in a text for which this package has nothing. */
export function emptyPlaceholders(text: string, words: PackageWords): string[] {
  return [...text.matchAll(pattern)].flatMap(([whole, name = '']) =>
    words[name as keyof PackageWords] === '' ? [whole] : [],
  );
}
