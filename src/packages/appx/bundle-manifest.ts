import { parseXml, type XmlElement } from '../xml-document.ts';
import { type AppxIdentity, invalid, readArchitecture, readIdentity } from './appx-identity.ts';
import { readMinVersion } from './appx-manifest.ts';

export const bundleManifestName = 'AppxMetadata/AppxBundleManifest.xml';

export interface BundleManifest {
  identity: AppxIdentity;
  /** The packages with code; the others hold languages and pictures. */
  applications: BundleMember[];
}

export interface BundleMember {
  fileName: string;
  architecture: string;
  minVersion: string | null;
}

/** https://learn.microsoft.com/uwp/schemas/bundlemanifestschema/bundle-manifest */
export function readBundleManifest(bytes: Buffer): BundleManifest {
  const root = parseXml(bytes, bundleManifestName);
  if (root.name !== 'Bundle') throw invalid(`Its ${bundleManifestName} is of another kind.`);
  const identity = readIdentity(root);
  const applications = (root.child('Packages')?.childrenNamed('Package') ?? []).filter(isApplication).map(readMember);
  if (applications.length === 0) throw invalid('Its bundle manifest names no application package.');
  return { identity, applications };
}

/** A package without a type holds resources, says the schema. */
function isApplication(element: XmlElement): boolean {
  return element.attribute('Type')?.toLowerCase() === 'application';
}

function readMember(element: XmlElement): BundleMember {
  const fileName = element.attribute('FileName') ?? '';
  if (fileName === '') throw invalid('Its bundle manifest names a package without a file.');
  return {
    fileName,
    architecture: readArchitecture(element.attribute('Architecture')) ?? 'neutral',
    minVersion: readMinVersion(element),
  };
}
