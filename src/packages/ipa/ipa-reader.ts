import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import type { IpaFacts } from '../package-facts.ts';
import { plainText } from '../plain-text.ts';
import { readPropertyList } from '../property-list/property-list.ts';
import { type PropertyDict, PropertyListError } from '../property-list/property-value.ts';
import type { PackageEvidence, PackageReader } from '../reader.ts';
import type { ZipArchive } from '../zip-archive.ts';
import { type AppFolder, findAppFolder, looksLikeIpa } from './app-folder.ts';
import { readAppInfo } from './info-plist.ts';
import { findIpaIcon } from './ipa-icon.ts';
import { type ProvisioningProfile, profileWarnings, readProvisioningProfile } from './provisioning-profile.ts';

/** https://learn.microsoft.com/intune/intune-service/apps/lob-apps-ios */
const largestIpa = 2 * 1024 ** 3;
const largestInfo = 1024 ** 2;
const largestProfile = 1024 ** 2;

export interface IpaReaderOptions {
  /** Provisioning profiles expire; tests say when it is. */
  now?: () => Date;
}

export function createIpaReader(options: IpaReaderOptions = {}): PackageReader {
  const now = options.now ?? (() => new Date());
  return {
    format: 'ipa',
    recognises: ({ zip }) => zip !== null && looksLikeIpa(zip),
    read: (source, evidence, signal) => readIpa(source, evidence, now(), signal),
  };
}

async function readIpa(
  source: ByteSource,
  { zip }: PackageEvidence,
  now: Date,
  signal: AbortSignal | undefined,
): Promise<IpaFacts> {
  if (zip === null) throw new ProblemError('packageNotSupported');
  if (source.size > largestIpa) throw new ProblemError('iosTooLarge');
  const folder = findAppFolder(zip);
  const plist = await loadInfo(zip, folder, signal);
  const info = readAppInfo(plist);
  const profile = await loadProfile(zip, folder, signal);
  const search = await findIpaIcon(zip, folder, plist, signal);
  return {
    format: 'ipa',
    graphType: 'iosLobApp',
    displayName: info.displayName ?? plainText(folder.name),
    identifier: info.bundleId,
    version: info.versionNumber ?? info.buildNumber,
    publisher: null,
    size: source.size,
    icon: search.icon,
    warnings: [
      ...profileWarnings(profile, now),
      ...(zip.has(`${folder.path}/_CodeSignature/CodeResources`)
        ? []
        : ['The app is not signed, and devices install signed apps only.']),
      ...(isFromStore(zip, folder)
        ? [
            'The app comes from the App Store and is encrypted for the account that got it, so other devices do not start it.',
          ]
        : []),
      ...(info.versionNumber === null ? ['The app names no version (CFBundleShortVersionString).'] : []),
      ...(info.buildNumber === null
        ? ['The app names no build (CFBundleVersion), so later builds cannot be told from this one.']
        : []),
      ...search.warnings,
    ],
    details: { ...info, provisioningExpiration: profile?.expiration?.toISOString() ?? null },
  };
}

async function loadInfo(zip: ZipArchive, folder: AppFolder, signal: AbortSignal | undefined): Promise<PropertyDict> {
  const bytes = await zip.readEntry(`${folder.path}/Info.plist`, largestInfo, signal);
  if (bytes === null) throw new ProblemError('iosInfoMissing');
  try {
    return readPropertyList(bytes);
  } catch (error) {
    const fault = error instanceof PropertyListError ? error.message : 'cannot be read';
    throw new ProblemError('packageMalformed', { detail: `Info.plist in it ${fault}.`, cause: error });
  }
}

/** Null where the profile cannot be read, undefined where there is none. */
async function loadProfile(
  zip: ZipArchive,
  folder: AppFolder,
  signal: AbortSignal | undefined,
): Promise<ProvisioningProfile | null | undefined> {
  const bytes = await zip.readEntry(`${folder.path}/embedded.mobileprovision`, largestProfile, signal);
  return bytes === null ? undefined : readProvisioningProfile(bytes);
}

/** The App Store adds the keys of the account that downloads the app. */
function isFromStore(zip: ZipArchive, folder: AppFolder): boolean {
  const keys = `${folder.path}/SC_Info/`;
  for (const name of zip.entries()) if (name.startsWith(keys)) return true;
  return false;
}
