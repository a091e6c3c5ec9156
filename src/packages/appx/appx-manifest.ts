import { parseXml, type XmlElement } from '../xml-document.ts';
import { type AppxIdentity, invalid, readIdentity } from './appx-identity.ts';

export const manifestName = 'AppxManifest.xml';
const maxApplications = 100;
/** The families that Intune's Windows devices belong to come before others, such as that of consoles. */
const familyRank = ['windows.desktop', 'windows.universal', 'platform.all'];

export interface AppxManifest {
  identity: AppxIdentity;
  /** As written: may be a reference to a resource. */
  displayName: string | null;
  publisherDisplayName: string | null;
  minVersion: string | null;
  isFramework: boolean;
  isResourcePackage: boolean;
  hasApplications: boolean;
  /** Paths of pictures inside the package, the one that stands for the whole app first. */
  logos: string[];
  /** The language to take names in. */
  language: string | null;
}

/** Works for every version of the schema: their elements lie in different namespaces and have the same names. */
export function readAppxManifest(bytes: Buffer): AppxManifest {
  const root = parseXml(bytes, manifestName);
  if (root.name !== 'Package') throw invalid(`Its ${manifestName} is of another kind.`);
  const identity = readIdentity(root);
  const properties = root.child('Properties');
  const applications = (root.child('Applications')?.childrenNamed('Application') ?? []).slice(0, maxApplications);
  const visuals = applications.flatMap((application) => application.childrenNamed('VisualElements'));
  const isTrue = (name: string) => ['true', '1'].includes(properties?.childText(name)?.trim() ?? '');
  return {
    identity,
    displayName: trimmed(properties?.childText('DisplayName')) ?? trimmed(visuals[0]?.attribute('DisplayName')),
    publisherDisplayName: trimmed(properties?.childText('PublisherDisplayName')),
    minVersion: readMinVersion(root),
    isFramework: isTrue('Framework'),
    isResourcePackage: isTrue('ResourcePackage'),
    hasApplications: applications.length > 0,
    logos: readLogos(properties, visuals),
    language: trimmed(root.child('Resources')?.child('Resource')?.attribute('Language')),
  };
}

function readLogos(properties: XmlElement | null, visuals: readonly XmlElement[]): string[] {
  const names = ['Square150x150Logo', 'Square44x44Logo', 'Logo', 'SmallLogo'];
  const found = [
    properties?.childText('Logo') ?? null,
    ...visuals.flatMap((visual) => names.map((name) => visual.attribute(name))),
  ];
  return [...new Set(found.flatMap((path) => trimmed(path) ?? []))];
}

/** Windows 10 and later name device families, Windows 8 names prerequisites. */
export function readMinVersion(root: XmlElement): string | null {
  const families = (root.child('Dependencies')?.childrenNamed('TargetDeviceFamily') ?? []).map((family) => ({
    rank: familyRank.indexOf(family.attribute('Name')?.toLowerCase() ?? ''),
    version: trimmed(family.attribute('MinVersion')),
  }));
  const known = families.filter(({ rank }) => rank >= 0).sort((a, b) => a.rank - b.rank);
  const version = (known[0] ?? families[0])?.version ?? trimmed(root.child('Prerequisites')?.childText('OSMinVersion'));
  return version !== null && /^[\d.]{1,30}$/.test(version) ? version : null;
}

function trimmed(text: string | null | undefined): string | null {
  return text?.trim() || null;
}
