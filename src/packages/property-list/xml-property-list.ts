import { encodingOf } from '../xml-document.ts';
import { XmlFault, type XmlToken, xmlTokens } from '../xml-tokens.ts';
import { deepestNesting, PropertyListError, type PropertyValue } from './property-value.ts';

/** Beyond what any package's property list has; bounds the memory that parsing takes. */
const limits = { elements: 20_000, attributes: 1_000, depth: deepestNesting + 8 };

export function readXmlPropertyList(bytes: Buffer): PropertyValue {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  if (!/^\s*</.test(text)) throw new PropertyListError('is neither XML nor a binary property list');
  if (/<!DOCTYPE[^<>[]*\[/i.test(text) || /<!ENTITY/i.test(text))
    throw new PropertyListError('declares XML entities, which are not allowed there');
  try {
    return readRoot(xmlTokens(text, limits));
  } catch (error) {
    throw error instanceof XmlFault ? new PropertyListError(error.message, { cause: error }) : error;
  }
}

type Tokens = Iterator<XmlToken>;

function readRoot(tokens: Tokens): PropertyValue {
  const root = nextElement(tokens);
  if (root === null) throw new PropertyListError('is no property list');
  if (root !== 'plist') return toValue(root, tokens, 0);
  const value = nextElement(tokens);
  if (value === null) throw new PropertyListError('is a property list without content');
  const found = toValue(value, tokens, 0);
  // What follows has to be sound, or the file was cut.
  for (let token = tokens.next(); token.done !== true; token = tokens.next());
  return found;
}

/** The name of the element that opens next; null where the one around it closes instead. */
function nextElement(tokens: Tokens): string | null {
  for (let { value: token, done } = tokens.next(); done !== true; { value: token, done } = tokens.next()) {
    if (token.kind === 'open') return token.name;
    if (token.kind === 'close') return null;
  }
  return null;
}

/** Reads up to and with the element's end. */
function toValue(name: string, tokens: Tokens, depth: number): PropertyValue {
  if (depth > deepestNesting) throw new PropertyListError('is nested too deeply');
  switch (name) {
    case 'dict':
      return dict(tokens, depth);
    case 'array':
      return array(tokens, depth);
    case 'string':
      return content(tokens);
    case 'integer':
      return integer(content(tokens).trim());
    case 'real':
      return Number.parseFloat(content(tokens));
    case 'true':
      content(tokens);
      return true;
    case 'false':
      content(tokens);
      return false;
    case 'date':
      return date(content(tokens).trim());
    case 'data':
      return Buffer.from(content(tokens), 'base64');
    default:
      throw new PropertyListError('holds something that is no property list');
  }
}

function array(tokens: Tokens, depth: number): PropertyValue {
  const found: PropertyValue[] = [];
  for (let name = nextElement(tokens); name !== null; name = nextElement(tokens))
    found.push(toValue(name, tokens, depth + 1));
  return found;
}

function dict(tokens: Tokens, depth: number): PropertyValue {
  const found = new Map<string, PropertyValue>();
  for (let name = nextElement(tokens); name !== null; name = nextElement(tokens)) {
    const key = name === 'key' ? content(tokens) : null;
    const value = key === null ? null : nextElement(tokens);
    if (key === null || value === null || value === 'key') throw new PropertyListError('has a key without a value');
    found.set(key, toValue(value, tokens, depth + 1));
  }
  return found;
}

/** The text up to the element's end; elements inside of it say nothing. */
function content(tokens: Tokens): string {
  const parts: string[] = [];
  let inner = 0;
  for (let { value: token, done } = tokens.next(); done !== true; { value: token, done } = tokens.next()) {
    if (token.kind === 'open') inner += 1;
    else if (token.kind === 'close') {
      if (inner === 0) break;
      inner -= 1;
    } else if (inner === 0) parts.push(token.text);
  }
  return parts.join('');
}

function integer(text: string): number | null {
  const value = Number(/^[+-]?(\d+|0x[0-9a-f]+)$/i.test(text) ? text.replace(/^\+/, '') : Number.NaN);
  return Number.isNaN(value) ? null : value;
}

function date(text: string): Date | null {
  const value = new Date(text);
  return Number.isNaN(value.getTime()) ? null : value;
}
