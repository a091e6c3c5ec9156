/** The value a browser sent under a name; null where it sent none. */
export function cookieNamed(name: string, header = ''): string | null {
  for (const pair of header.split(';')) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name && value !== undefined && value.trim() !== '') return value.trim();
  }
  return null;
}
