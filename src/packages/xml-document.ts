import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { ProblemError } from '../problems/problem.ts';

/** Beyond what any manifest has; bounds the memory that parsing takes. */
const maxMarkup = 30_000;
const maxDepth = 64;
const maxNamespaces = 200;
const textKey = '#text';
const cdataKey = '#cdata';
const attributesKey = ':@';
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
  readonly #attributes: ReadonlyMap<string, string>;

  constructor(parts: {
    name: string;
    namespace: string;
    text: string;
    children: readonly XmlElement[];
    attributes: ReadonlyMap<string, string>;
  }) {
    this.name = parts.name;
    this.namespace = parts.namespace;
    this.text = parts.text;
    this.children = parts.children;
    this.#attributes = parts.attributes;
  }

  /** The value of an attribute without prefix. */
  attribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
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
}

/**
 * The root element of an XML file out of a package. Document types are refused, so there are no entities but the five of
 * XML itself. Whatever is wrong is a `packageMalformed` that names the file.
 */
export function parseXml(bytes: Buffer, fileName: string): XmlElement {
  const text = decodeText(bytes, fileName);
  if (/<!DOCTYPE|<!ENTITY/i.test(text))
    throw fault(fileName, 'declares a document type, which I do not read for safety');
  if (occurrences(text, '<') > maxMarkup) throw fault(fileName, 'has too many elements');
  if (occurrences(text, '=') > maxMarkup) throw fault(fileName, 'has too many attributes');
  const root = parseTree(text, fileName);
  if (root === null) throw fault(fileName, 'is not well-formed XML');
  return root;
}

function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0 && count <= maxMarkup; at = text.indexOf(part, at + part.length))
    count += 1;
  return count;
}

function parseTree(text: string, fileName: string): XmlElement | null {
  let nodes: unknown;
  try {
    const verdict = XMLValidator.validate(text);
    if (verdict !== true) throw fault(fileName, `is not well-formed XML (line ${verdict.err.line})`);
    nodes = new XMLParser({
      preserveOrder: true,
      ignoreAttributes: false,
      attributeNamePrefix: '',
      parseTagValue: false,
      parseAttributeValue: false,
      trimValues: false,
      processEntities: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      cdataPropName: cdataKey,
      maxNestedTags: maxDepth,
    }).parse(text);
  } catch (error) {
    throw error instanceof ProblemError ? error : fault(fileName, 'is not well-formed XML', error);
  }
  const roots = Array.isArray(nodes) ? nodes.filter(isElement) : [];
  if (roots.length !== 1 || roots[0] === undefined) return null;
  return toElement(roots[0], new Map(), () => fault(fileName, 'declares too many namespaces'));
}

/** The parser's form of a node: the tag's name as key of its content, and the attributes beside it. */
type Node = Record<string, unknown>;

const tagOf = (node: Node) => Object.keys(node).find((key) => key !== attributesKey) ?? '';
const isElement = (node: Node) => tagOf(node) !== textKey && tagOf(node) !== cdataKey;

function toElement(
  node: Node,
  outerNamespaces: ReadonlyMap<string, string>,
  tooManyNamespaces: () => ProblemError,
): XmlElement {
  const tag = tagOf(node);
  const content = (node[tag] ?? []) as Node[];
  const attributes = new Map<string, string>();
  const declared = new Map<string, string>();
  for (const [key, value] of Object.entries((node[attributesKey] ?? {}) as Record<string, string>)) {
    // Attribute values are normalised: a line break counts as a space (https://www.w3.org/TR/xml/#AVNormalize).
    const decoded = decodeReferences(value.replace(/\r\n|[\t\r\n]/g, ' '));
    if (key === 'xmlns') declared.set('', decoded);
    else if (key.startsWith('xmlns:')) declared.set(key.slice('xmlns:'.length), decoded);
    else attributes.set(key, decoded);
  }
  const namespaces = declared.size === 0 ? outerNamespaces : new Map([...outerNamespaces, ...declared]);
  if (namespaces.size > maxNamespaces) throw tooManyNamespaces();
  const [prefix, name] = splitName(tag);
  return new XmlElement({
    name,
    namespace: namespaces.get(prefix) ?? '',
    text: content.map(textOf).join(''),
    children: content.filter(isElement).map((child) => toElement(child, namespaces, tooManyNamespaces)),
    attributes,
  });
}

function textOf(node: Node): string {
  const text = node[textKey];
  if (typeof text === 'string') return decodeReferences(text);
  const cdata = node[cdataKey];
  if (!Array.isArray(cdata)) return '';
  return cdata.map((part: Node) => (typeof part[textKey] === 'string' ? part[textKey] : '')).join('');
}

function splitName(tag: string): [prefix: string, name: string] {
  const colon = tag.indexOf(':');
  return colon < 0 ? ['', tag] : [tag.slice(0, colon), tag.slice(colon + 1)];
}

const namedReferences: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** In one pass, so that nothing is decoded twice; what XML does not know stays as it is written. */
function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return namedReferences.get(name) ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : whole;
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
function encodingOf(bytes: Buffer): string {
  const start = bytes.toString('hex', 0, 2);
  if (start === 'fffe' || start === '3c00') return 'utf-16le';
  if (start === 'feff' || start === '003c') return 'utf-16be';
  const declared = /^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([^"']{1,40})["']/i.exec(bytes.toString('latin1', 0, 300));
  const label = declared?.[1]?.toLowerCase() ?? 'utf-8';
  return singleByteEncodings.has(label) ? label : 'utf-8';
}

const fault = (fileName: string, what: string, cause?: unknown) =>
  new ProblemError('packageMalformed', { detail: `${fileName} in it ${what}.`, cause });
