/**
 * Text blocks and facts read Markdown. Names, labels and file names come from outside, so they must not become links or
 * emphasis. Underscores are left alone inside words, where Markdown does not read them.
 */
export function plain(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replace(/[\\*[\]`~<>]/g, (c) => `\\${c}`)
    .replace(/(^|\W)_|_(\W|$)/g, (match) => match.replace('_', '\\_'))
    .trim();
}

/** Groups of eight, because fact values do not break inside a word and a phone would cut the rest off. */
export function digest(hex: string): string {
  return hex.match(/.{1,8}/g)?.join(' ') ?? hex;
}

/** Decimal units, as portals and browsers show them. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = -1;
  do {
    value /= 1000;
    unit += 1;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function ago(then: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - then.getTime()) / 1000);
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${seconds} seconds ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return hours === 1 ? 'an hour ago' : `${hours} hours ago`;
  const days = Math.round(hours / 24);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

/** Relative and exact; the client shows the exact part in the reader's own time zone and language. */
export function when(then: Date, now: Date): string {
  return `${ago(then, now)} · ${exact(then)}`;
}

/** For a day to come, relative and exact; for one that has passed, as `when` says it. */
export function until(then: Date, now: Date): string {
  const days = Math.ceil((then.getTime() - now.getTime()) / 86_400_000);
  if (days <= 0) return when(then, now);
  return `${days === 1 ? 'within a day' : `in ${days} days`} · ${exact(then)}`;
}

export function exact(then: Date): string {
  const iso = `${then.toISOString().slice(0, 19)}Z`;
  return `{{DATE(${iso},SHORT)}} {{TIME(${iso})}}`;
}

/** What stands in the middle of a sentence elsewhere. */
export const sentence = (words: string): string => words.replace(/^./, (c) => c.toUpperCase());
