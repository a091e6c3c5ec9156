import { ProblemError } from '../problems/problem.ts';
import { type XmlAttributes, XmlFault, type XmlToken, xmlTokens } from './xml-tokens.ts';

/** Beyond what any manifest has; bounds the memory that parsing takes. */
export const mostElements = 30_000;
const limits = { attributes: 30_000, depth: 64 };
const maxNamespaces = 200;
const singleByteEncodings = new Set(['iso-8859-1', 'latin1', 'windows-1252', 'us-ascii']);

/** An element with its namespace resolved: prefixes are the writer's choice and mean nothing. */
export class XmlElement {
  /** Local name. */
  readonly name: string;
  /** Empty where there is none. */
  readonly namespace: string;
  /** Text that stands directly in the element, as written. */
  readonly text: string;
  readonly children: readonly XmlElement[];
  readonly #attributes: XmlAttributes;

  constructor(parts: {
    name: string;
    namespace: string;
    text: string;
    children: readonly XmlElement[];
    attributes: XmlAttributes;
  }) {
    this.name = parts.name;
    this.namespace = parts.namespace;
    this.text = parts.text;
    this.children = parts.children;
    this.#attributes = parts.attributes;
  }

  /** The value of an attribute without prefix. */
  attribute(name: string): string | null {
    for (let index = 0; index < this.#attributes.length; index += 2)
      if (this.#attributes[index] === name) return this.#attributes[index + 1] ?? null;
    return null;
  }

  /** Children of that local name, in any namespace. */
  childrenNamed(name: string): XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }

  /** The first child of that local name; one in this element's own namespace goes first. */
  child(name: string): XmlElement | null {
    const named = this.childrenNamed(name);
    return named.find((child) => child.namespace === this.namespace) ?? named[0] ?? null;
  }

  childText(name: string): string | null {
    return this.child(name)?.text ?? null;
  }

  /** How many elements this one is, with all in it. */
  get elements(): number {
    return this.children.reduce((sum, child) => sum + child.elements, 1);
  }
}

/**
 * The root element of an XML file out of a package. Document types are refused, so there are no entities but the five of
 * XML itself. Whatever is wrong is a `packageMalformed` that names the file. Who reads several files may allow fewer elements.
 */
export function parseXml(bytes: Buffer, fileName: string, elements = mostElements): XmlElement {
  const text = decodeText(bytes, fileName);
  if (/<!DOCTYPE|<!ENTITY/i.test(text))
    throw fault(fileName, 'declares a document type, which I do not read for safety');
  try {
    return readTree(text, elements);
  } catch (error) {
    throw error instanceof XmlFault ? fault(fileName, error.message, error) : error;
  }
}

interface OpenElement {
  name: string;
  attributes: XmlAttributes;
  namespaces: ReadonlyMap<string, string>;
  children: XmlElement[];
  text: string[];
}

const noNamespaces: ReadonlyMap<string, string> = new Map();
const noChildren: readonly XmlElement[] = [];

function readTree(text: string, elements: number): XmlElement {
  const open: OpenElement[] = [];
  let root: XmlElement | null = null;
  for (const token of xmlTokens(text, { ...limits, elements })) {
    const parent = open.at(-1);
    if (token.kind === 'text') parent?.text.push(token.text);
    else if (token.kind === 'open') open.push(opened(token, parent?.namespaces ?? noNamespaces));
    else {
      const element = closed(open.pop());
      const outer = open.at(-1);
      if (outer === undefined) root = element;
      else outer.children.push(element);
    }
  }
  if (root === null) throw new XmlFault('is not well-formed XML');
  return root;
}

function opened(
  { name, attributes }: Extract<XmlToken, { kind: 'open' }>,
  outer: ReadonlyMap<string, string>,
): OpenElement {
  if (!attributes.some((part, index) => index % 2 === 0 && part.startsWith('xmlns')))
    return { name, attributes, namespaces: outer, children: [], text: [] };
  const others: string[] = [];
  const declared = new Map<string, string>();
  for (let index = 0; index < attributes.length; index += 2) {
    const [key = '', value = ''] = [attributes[index], attributes[index + 1]];
    if (key === 'xmlns') declared.set('', value);
    else if (key.startsWith('xmlns:')) declared.set(key.slice('xmlns:'.length), value);
    else others.push(key, value);
  }
  const namespaces = new Map([...outer, ...declared]);
  if (namespaces.size > maxNamespaces) throw new XmlFault('declares too many namespaces');
  return { name, attributes: others, namespaces, children: [], text: [] };
}

function closed(element: OpenElement | undefined): XmlElement {
  if (element === undefined) throw new XmlFault('is not well-formed XML');
  const colon = element.name.indexOf(':');
  return new XmlElement({
    name: element.name.slice(colon + 1),
    namespace: element.namespaces.get(colon < 0 ? '' : element.name.slice(0, colon)) ?? '',
    text: element.text.join(''),
    children: element.children.length === 0 ? noChildren : element.children,
    attributes: element.attributes,
  });
}

function decodeText(bytes: Buffer, fileName: string): string {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch (error) {
    throw fault(fileName, 'is not text in UTF-8 or UTF-16', error);
  }
}

/** By its first bytes, as XML lays down (https://www.w3.org/TR/xml/#sec-guessing). */
export function encodingOf(bytes: Buffer): string {
  const start = bytes.toString('hex', 0, 2);
  if (start === 'fffe' || start === '3c00') return 'utf-16le';
  if (start === 'feff' || start === '003c') return 'utf-16be';
  const declared = /^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([^"']{1,40})["']/i.exec(bytes.toString('latin1', 0, 300));
  const label = declared?.[1]?.toLowerCase() ?? 'utf-8';
  return singleByteEncodings.has(label) ? label : 'utf-8';
}

const fault = (fileName: string, what: string, cause?: unknown) =>
  new ProblemError('packageMalformed', { detail: `${fileName} in it ${what}.`, cause });
