import type { ByteSource } from '../byte-source.ts';
import type { ExeFacts } from '../package-facts.ts';
import { plainText } from '../plain-text.ts';
import type { PackageEvidence, PackageReader } from '../reader.ts';
import { findInstallerKind } from './find-installer.ts';
import { type InstallerKindId, installerKind } from './installer-kinds.ts';
import { PeImage } from './pe-image.ts';
import { PeResources, resourceType } from './pe-resources.ts';
import { findProgramIcon } from './program-icon.ts';
import { readVersionInfo } from './version-info.ts';

/** Lengths in it have two bytes. */
const largestVersionInfo = 64 * 1024;

export function createExeReader(): PackageReader {
  return {
    format: 'exe',
    recognises: ({ head }) => head.toString('latin1', 0, 2) === 'MZ',
    read: readExe,
  };
}

async function readExe(source: ByteSource, _evidence: PackageEvidence, signal?: AbortSignal): Promise<ExeFacts> {
  const image = await PeImage.open(source, signal);
  const resources = image.resources === null ? null : new PeResources(image, image.resources);
  const version = readVersionInfo(await loadVersionInfo(resources));
  const kind = await findInstallerKind(image, resources, version);

  const text = (name: string) => plainText(version.texts.get(name));
  const details = {
    productName: text('ProductName'),
    productVersion: text('ProductVersion'),
    companyName: text('CompanyName'),
    fileDescription: text('FileDescription'),
    installerKind: kind,
  };
  return {
    format: 'exe',
    graphType: 'win32LobApp',
    displayName: details.productName ?? details.fileDescription,
    identifier: null,
    version: details.productVersion ?? text('FileVersion') ?? version.productVersion,
    publisher: details.companyName,
    size: source.size,
    icon: await findProgramIcon(resources),
    warnings: [silentInstallWarning(kind)],
    details,
  };
}

async function loadVersionInfo(resources: PeResources | null): Promise<Buffer> {
  const [found] = (await resources?.list(resourceType.version)) ?? [];
  return resources === null || found === undefined ? Buffer.alloc(0) : resources.read(found, largestVersionInfo);
}

/** Intune installs where nobody can answer a question. */
function silentInstallWarning(id: InstallerKindId | null): string {
  const kind = id === null ? null : installerKind(id);
  if (kind === null)
    return 'I do not know how this program installs without questions: ask its makers for the switches.';
  if (kind.id === 'msi-wrapper')
    return 'The program seems to carry an MSI inside. Publishing that MSI is simpler, if its makers offer it.';
  if (kind.silentInstall === null)
    return `It seems to be made with ${kind.name}. Every such package has its own switches for a silent installation: ask its makers.`;
  return `It seems to be made with ${kind.name}. Such packages usually install silently with ${kind.silentInstall}: try that on a device first.`;
}
