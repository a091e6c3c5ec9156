const longestName = 200;

/** What may be said about a link: its query, and so a token in it, is left out. */
export function describeLink(url: URL, fileName: string): string {
  return `The file is ${fileName} on ${url.host}.`;
}

/** A file name for a link's content: what the host calls it, else the last part of an address. */
export function linkFileName(disposition: string | null, addresses: readonly URL[]): string {
  const named = disposition === null ? null : dispositionName(disposition);
  if (named !== null) {
    const safe = safeFileName(named);
    if (safe !== '') return safe;
  }
  const names = addresses.map((url) => safeFileName(lastSegment(url)));
  return names.find((name) => /\.[a-z0-9]{2,12}$/i.test(name)) ?? names.find((name) => name !== '') ?? 'package';
}

/** Without path separators, control and direction characters, or leading dots. */
export function safeFileName(name: string): string {
  const lastPart = name.split(/[/\\]/).at(-1) ?? '';
  // Direction marks can make `gpj.apk` look like another kind of file.
  const plain = lastPart
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .replace(/^\.+/, '');
  if (plain.length <= longestName) return plain;
  const ending = /\.[A-Za-z0-9]{1,12}$/.exec(plain)?.[0] ?? '';
  return plain.slice(0, longestName - ending.length) + ending;
}

// https://www.rfc-editor.org/rfc/rfc6266: `filename*` wins over `filename`.
function dispositionName(header: string): string | null {
  const extended = /;\s*filename\*\s*=\s*([A-Za-z0-9-]+)'[^']*'([^;\s]+)/i.exec(header);
  if (extended?.[2] !== undefined) {
    const decoded = decodeExtended(extended[1] ?? '', extended[2]);
    if (decoded !== null) return decoded;
  }
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(header);
  if (quoted?.[1] !== undefined) return quoted[1].replace(/\\(.)/g, '$1');
  const token = /;\s*filename\s*=\s*([^";\s]+)/i.exec(header);
  return token?.[1] ?? null;
}

function decodeExtended(charset: string, value: string): string | null {
  if (/^iso-8859-1$/i.test(charset))
    return value.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decodePercent(value);
}

function lastSegment(url: URL): string {
  const segment = url.pathname.split('/').filter(Boolean).at(-1) ?? '';
  return decodePercent(segment) ?? segment;
}

function decodePercent(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
