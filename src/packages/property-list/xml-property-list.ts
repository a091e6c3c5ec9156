import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { deepestNesting, PropertyListError, type PropertyValue } from './property-value.ts';

const namedCharacters: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
/** Beyond what any package's property list has; bounds the memory that parsing takes. */
const maxMarkup = 20_000;
const textKey = '#text';
const verbatimKey = '#verbatim';

/** With `preserveOrder`, a node is an object with one name and its children, and text a node of its own. */
const nodes = z.array(z.record(z.string(), z.unknown()));
type Nodes = z.infer<typeof nodes>;

interface Element {
  name: string;
  children: Nodes;
}

export function readXmlPropertyList(bytes: Buffer): PropertyValue {
  const text = decode(bytes);
  if (!/^\s*</.test(text)) throw new PropertyListError('is neither XML nor a binary property list');
  if (/<!DOCTYPE[^<>[]*\[/i.test(text) || /<!ENTITY/i.test(text))
    throw new PropertyListError('declares XML entities, which are not allowed there');
  if ((text.match(/</g)?.length ?? 0) > maxMarkup) throw new PropertyListError('has more values than I read');
  const [root] = elements(parse(text));
  if (root === undefined) throw new PropertyListError('is no property list');
  const [value] = root.name === 'plist' ? elements(root.children) : [root];
  if (value === undefined) throw new PropertyListError('is a property list without content');
  return toValue(value, 0);
}

function decode(bytes: Buffer): string {
  const mark = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

function parse(text: string): Nodes {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    parseTagValue: false,
    trimValues: false,
    processEntities: false,
    textNodeName: textKey,
    cdataPropName: verbatimKey,
    maxNestedTags: deepestNesting + 8,
  });
  try {
    return nodes.parse(parser.parse(text, true));
  } catch (error) {
    throw new PropertyListError('is not well-formed XML', { cause: error });
  }
}

function elements(children: Nodes): Element[] {
  return children.flatMap((node) => {
    const [name, inner] = Object.entries(node)[0] ?? [];
    if (name === undefined || name === textKey || name === verbatimKey) return [];
    const parsed = nodes.safeParse(inner);
    return [{ name, children: parsed.success ? parsed.data : [] }];
  });
}

function toValue({ name, children }: Element, depth: number): PropertyValue {
  if (depth > deepestNesting) throw new PropertyListError('is nested too deeply');
  switch (name) {
    case 'dict':
      return dict(elements(children), depth);
    case 'array':
      return elements(children).map((element) => toValue(element, depth + 1));
    case 'string':
      return content(children);
    case 'integer':
      return integer(content(children).trim());
    case 'real':
      return Number.parseFloat(content(children));
    case 'true':
      return true;
    case 'false':
      return false;
    case 'date':
      return date(content(children).trim());
    case 'data':
      return Buffer.from(content(children), 'base64');
    default:
      throw new PropertyListError('holds something that is no property list');
  }
}

function dict(members: readonly Element[], depth: number): PropertyValue {
  const found = new Map<string, PropertyValue>();
  for (let at = 0; at < members.length; at += 2) {
    const [key, value] = members.slice(at, at + 2);
    if (key?.name !== 'key' || value === undefined || value.name === 'key')
      throw new PropertyListError('has a key without a value');
    found.set(content(key.children), toValue(value, depth + 1));
  }
  return found;
}

function content(children: Nodes): string {
  return children
    .map((node) => {
      const verbatim = nodes.safeParse(node[verbatimKey]);
      if (verbatim.success) return verbatim.data.map((inner) => plain(inner[textKey])).join('');
      return unescaped(plain(node[textKey]));
    })
    .join('');
}

const plain = (value: unknown) => (typeof value === 'string' ? value : '');

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return namedCharacters.get(name) ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : whole;
  });
}

function integer(text: string): number | null {
  const value = Number(/^[+-]?(\d+|0x[0-9a-f]+)$/i.test(text) ? text.replace(/^\+/, '') : Number.NaN);
  return Number.isNaN(value) ? null : value;
}

function date(text: string): Date | null {
  const value = new Date(text);
  return Number.isNaN(value.getTime()) ? null : value;
}
