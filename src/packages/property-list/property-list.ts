import { isBinaryPropertyList, readBinaryPropertyList } from './binary-property-list.ts';
import { type PropertyDict, PropertyListError } from './property-value.ts';
import { readXmlPropertyList } from './xml-property-list.ts';

/** The dictionary that a property list of a package is, whether written as XML or binary. Throws PropertyListErrors. */
export function readPropertyList(bytes: Buffer): PropertyDict {
  if (bytes.length === 0) throw new PropertyListError('is empty');
  const root = isBinaryPropertyList(bytes) ? readBinaryPropertyList(bytes) : readXmlPropertyList(bytes);
  if (!(root instanceof Map)) throw new PropertyListError('is no dictionary');
  return root;
}
