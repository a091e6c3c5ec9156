/** A fault in an XML file. Its message may stand after a file name. */
export class XmlFault extends Error {
  constructor(fault: string) {
    super(fault);
    this.name = 'XmlFault';
  }
}

/** Name, value, name, value…: elements are many and their attributes few, for which a map each would take most memory. */
export type XmlAttributes = readonly string[];

export type XmlToken =
  | { kind: 'open'; name: string; attributes: XmlAttributes }
  | { kind: 'close' }
  | { kind: 'text'; text: string };

export interface XmlLimits {
  elements: number;
  attributes: number;
  depth: number;
}

const namePattern = /[^\s/>=<"'&!?]+/y;
const attributePattern = /\s+([^\s/>=<"'&]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEndPattern = /\s*(\/?)>/y;
const noAttributes: XmlAttributes = [];
/** Up to so many attributes, looking through them costs less than a set of their names. */
const few = 16;
const cdataStart = '<![CDATA[';

/**
 * XML in one pass (https://www.w3.org/TR/xml/), without document types: whoever may meet one refuses what declares
 * anything. Text comes decoded and in pieces of the whole, so that it costs little more memory than the file.
 */
export function* xmlTokens(text: string, limits: XmlLimits): Generator<XmlToken> {
  const open: string[] = [];
  let hasRoot = false;
  let elements = 0;
  let attributesLeft = limits.attributes;
  let at = 0;
  const fault = () => new XmlFault(`is not well-formed XML (line ${lineAt(text, at)})`);
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const after = (mark: string, from: number): number => {
    const found = text.indexOf(mark, from);
    if (found < 0) throw fault();
    return found + mark.length;
  };
  const readAttributes = (): XmlAttributes => {
    let attributes: string[] | null = null;
    let names: Set<string> | null = null;
    for (let found = match(attributePattern); found !== null; found = match(attributePattern)) {
      const [, name = '', quoted, single] = found;
      attributesLeft -= 1;
      if (attributesLeft < 0) throw new XmlFault('has too many attributes');
      attributes ??= [];
      if (attributes.length === few * 2) names = new Set(attributes.filter((_, index) => index % 2 === 0));
      if (names?.has(name) ?? hasAttribute(attributes, name)) throw fault();
      names?.add(name);
      // A line break in a value counts as a space (https://www.w3.org/TR/xml/#AVNormalize).
      attributes.push(name, decodeReferences((quoted ?? single ?? '').replace(/\r\n|[\t\r\n]/g, ' ')));
    }
    return attributes ?? noAttributes;
  };

  while (at < text.length) {
    const mark = text.indexOf('<', at);
    const end = mark < 0 ? text.length : mark;
    if (end > at) {
      const between = text.slice(at, end);
      if (open.length > 0) yield { kind: 'text', text: decodeReferences(between) };
      else if (between.trim() !== '') throw fault();
      at = end;
      continue;
    }
    if (text.startsWith('<!--', at)) at = after('-->', at + 4);
    else if (text.startsWith('<?', at)) at = after('?>', at + 2);
    else if (text.startsWith(cdataStart, at)) {
      if (open.length === 0) throw fault();
      const start = at + cdataStart.length;
      at = after(']]>', start);
      yield { kind: 'text', text: text.slice(start, at - 3) };
    } else if (text.startsWith('<!', at)) {
      if (hasRoot || !text.startsWith('<!DOCTYPE', at)) throw fault();
      at = after('>', at);
    } else if (text.startsWith('</', at)) {
      at += 2;
      const name = match(namePattern)?.[0];
      if (name === undefined || name !== open.pop() || match(tagEndPattern)?.[1] !== '') throw fault();
      yield { kind: 'close' };
    } else {
      at += 1;
      const name = match(namePattern)?.[0];
      if (name === undefined || !isName(name) || (hasRoot && open.length === 0)) throw fault();
      elements += 1;
      if (elements > limits.elements) throw new XmlFault('has too many elements');
      if (open.length >= limits.depth) throw new XmlFault('is nested too deeply');
      hasRoot = true;
      const attributes = readAttributes();
      const closing = match(tagEndPattern);
      if (closing === null) throw fault();
      yield { kind: 'open', name, attributes };
      if (closing[1] === '/') yield { kind: 'close' };
      else open.push(name);
    }
  }
  if (open.length > 0 || !hasRoot) throw fault();
}

function hasAttribute(attributes: XmlAttributes, name: string): boolean {
  for (let index = 0; index < attributes.length; index += 2) if (attributes[index] === name) return true;
  return false;
}

const isName = (name: string) => /^[^\d.\-\p{Cc}]/u.test(name);

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let found = text.indexOf('\n'); found >= 0 && found < at; found = text.indexOf('\n', found + 1)) line += 1;
  return line;
}

const namedReferences: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Beyond what any file of a package has; each costs far more memory than it has letters. */
const mostReferences = 20_000;

/** In one pass, so that nothing is decoded twice; what XML does not know stays as it is written. */
function decodeReferences(text: string): string {
  let references = 0;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) references += 1;
  if (references === 0) return text;
  if (references > mostReferences) throw new XmlFault('has too many references to characters');
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return namedReferences.get(name) ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : whole;
  });
}
