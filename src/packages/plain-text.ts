const longestText = 1_000;

/** A package's text for people to read: one line without control or direction characters; null if nothing is left. */
export function plainText(text: string | null | undefined): string | null {
  const plain = (text ?? '')
    .slice(0, longestText * 4)
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
    .slice(0, longestText);
  return plain === '' ? null : plain;
}
