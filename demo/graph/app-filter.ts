import { badRequest } from './graph-error.ts';

export interface FilterSubject {
  isOf(type: string): boolean;
  text(property: string): string | null;
}
export type Filter = (subject: FilterSubject) => boolean;

type Token = { kind: 'word' | 'text' | 'sign'; value: string };

const refuse = (text: string) => badRequest(`Invalid filter clause: ${text}`);

function tokens(source: string): Token[] {
  const pattern = /\s+|(?<sign>[(),])|'(?<text>(?:[^']|'')*)'|(?<word>[A-Za-z][\w./]*)/gy;
  const found: Token[] = [];
  let at = 0;
  while (at < source.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match === null) throw refuse(`syntax error at position ${at}.`);
    at = pattern.lastIndex;
    const { sign, text, word } = match.groups ?? {};
    if (sign !== undefined) found.push({ kind: 'sign', value: sign });
    else if (text !== undefined) found.push({ kind: 'text', value: text.replaceAll("''", "'") });
    else if (word !== undefined) found.push({ kind: 'word', value: word });
  }
  return found;
}

/**
 * The filters that Intune is known to take on a listing: `isof('microsoft.graph.x')`, `property eq 'text'` and
 * `contains(property,'text')` for the properties named, joined by `and`, `or`, `not` and brackets.
 */
export function parseFilter(source: string, properties: readonly string[], isType: (name: string) => boolean): Filter {
  const rest = tokens(source);
  const next = (kind: Token['kind'], value?: string): string => {
    const token = rest.shift();
    if (token?.kind !== kind || (value !== undefined && token.value !== value))
      throw refuse(`${value ?? kind} expected, '${token?.value ?? 'the end'}' found.`);
    return token.value;
  };
  const filterable = (word: string): string => {
    if (!properties.includes(word)) throw refuse(`'${word}' cannot be filtered on here.`);
    return word;
  };
  const peek = (value: string) => rest[0]?.kind !== 'text' && rest[0]?.value === value;

  const either = (): Filter => {
    let left = both();
    while (peek('or')) {
      rest.shift();
      const [one, other] = [left, both()];
      left = (subject) => one(subject) || other(subject);
    }
    return left;
  };
  const both = (): Filter => {
    let left = single();
    while (peek('and')) {
      rest.shift();
      const [one, other] = [left, single()];
      left = (subject) => one(subject) && other(subject);
    }
    return left;
  };
  const single = (): Filter => {
    if (peek('not')) {
      rest.shift();
      const inner = single();
      return (subject) => !inner(subject);
    }
    if (peek('(')) {
      rest.shift();
      const inner = either();
      next('sign', ')');
      return inner;
    }
    const word = next('word');
    if (word === 'isof') {
      next('sign', '(');
      const type = /^microsoft\.graph\.(\w+)$/.exec(next('text'))?.[1] ?? '';
      next('sign', ')');
      if (!isType(type)) throw refuse(`the type '${type}' is not known.`);
      return (subject) => subject.isOf(type);
    }
    if (word === 'contains') {
      next('sign', '(');
      const property = filterable(next('word'));
      next('sign', ',');
      const part = next('text').toLowerCase();
      next('sign', ')');
      return (subject) => subject.text(property)?.toLowerCase().includes(part) ?? false;
    }
    filterable(word);
    next('word', 'eq');
    const wanted = next('text').toLowerCase();
    return (subject) => subject.text(word)?.toLowerCase() === wanted;
  };

  const filter = either();
  if (rest.length > 0) throw refuse(`'${rest[0]?.value}' was not expected.`);
  return filter;
}
