import { ProblemError } from '../../problems/problem.ts';
import { plainText } from '../plain-text.ts';
import type { XmlElement } from '../xml-document.ts';

export interface AppxIdentity {
  name: string;
  /** Exact to the letter: the publisher hash and the signature depend on it. */
  publisher: string;
  version: string;
  /** Lower case; null where the manifest names none. */
  architecture: string | null;
  resourceId: string | null;
}

/** https://learn.microsoft.com/uwp/schemas/appxpackage/uapmanifestschema/element-identity */
export function readIdentity(root: XmlElement): AppxIdentity {
  const element = root.child('Identity');
  if (element === null) throw invalid('It has no Identity.');
  const name = element.attribute('Name') ?? '';
  const publisher = element.attribute('Publisher') ?? '';
  const version = element.attribute('Version') ?? '';
  if (!/^[-.A-Za-z0-9]{1,50}$/.test(name)) throw invalid('Its Identity has no valid Name.');
  if (publisher.trim() === '' || publisher.length > 8192) throw invalid('Its Identity has no valid Publisher.');
  if (!isVersion(version)) throw invalid('Its Identity has no valid Version of four numbers.');
  return {
    name,
    publisher,
    version,
    architecture: readArchitecture(element.attribute('ProcessorArchitecture')),
    resourceId: plainText(element.attribute('ResourceId')),
  };
}

export function readArchitecture(value: string | null): string | null {
  if (value === null || value === '') return null;
  if (!/^[A-Za-z0-9]{1,16}$/.test(value)) throw invalid('It names a processor that Windows does not know.');
  return value.toLowerCase();
}

export function isVersion(text: string): boolean {
  return /^\d{1,5}(\.\d{1,5}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 0xffff);
}

export const invalid = (detail: string) => new ProblemError('appxInvalid', { detail });
