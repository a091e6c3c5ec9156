import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import type { ApkFacts } from '../package-facts.ts';
import { plainText } from '../plain-text.ts';
import type { PackageEvidence, PackageReader } from '../reader.ts';
import type { ZipArchive } from '../zip-archive.ts';
import { findApkIcon } from './apk-icon.ts';
import { apkKind, manifestName, nativeCode } from './apk-kind.ts';
import { type ApkManifest, readApkManifest } from './apk-manifest.ts';
import { isSigned } from './apk-signature.ts';
import { ResourceTable } from './arsc.ts';
import { ChunkError } from './chunk.ts';
import type { ResourceValue } from './resource-value.ts';

const largestManifest = 8 * 1024 ** 2;
const largestTable = 32 * 1024 ** 2;

// https://learn.microsoft.com/intune/intune-service/apps/lob-apps-android
const deliveryWarning =
  'Intune delivers APK files to Android device administrator and AOSP devices only; for Android Enterprise publish it as a private app in managed Google Play.';

export function createApkReader(): PackageReader {
  return {
    format: 'apk',
    recognises: ({ zip }) => zip !== null && apkKind(zip) !== null,
    read: readApk,
  };
}

async function readApk(source: ByteSource, evidence: PackageEvidence, signal?: AbortSignal): Promise<ApkFacts> {
  const { zip } = evidence;
  if (zip === null) throw new ProblemError('packageNotSupported');
  assertOneApk(zip);
  const manifest = await loadManifest(zip, signal);
  if (manifest.isPartOfSplit) throw new ProblemError('androidSplit');
  const { table, warning: tableWarning } = await loadTable(zip, signal);

  const packageId = readPackageId(manifest, table);
  const code = readVersionCode(manifest, table);
  const versionName = plainText(resolve(manifest.versionName, table));
  const label =
    plainText(resolve(manifest.application.label, table)) ??
    plainText(resolve(manifest.launcher?.label ?? null, table));
  const debuggable = isTrue(manifest.debuggable, table);
  const { application, launcher } = manifest;
  const icons = [application.icon, launcher?.icon ?? null, application.roundIcon, launcher?.roundIcon ?? null];
  const search = await findApkIcon(zip, table, icons, signal);

  const warnings = [
    ...(debuggable ? ['The app is a debug build (debuggable): anybody with the device can look into it.'] : []),
    ...(isTrue(manifest.testOnly, table)
      ? ['The app is marked as test only, and Android refuses to install such apps in the usual way.']
      : []),
    ...((await isSigned(source, zip, signal)) ? [] : ['The APK is not signed, and Android installs signed apps only.']),
    ...(code === null ? ['The app names no version code, so later versions cannot be told from this one.'] : []),
    ...(isTrue(manifest.wantsSplits, table)
      ? ['The APK comes from an App Bundle and may need parts that only the store adds: try it on a device first.']
      : []),
    ...tableWarning,
    ...search.warnings,
    deliveryWarning,
  ];
  const versionCode = code ?? '0';
  return {
    format: 'apk',
    graphType: 'androidLobApp',
    displayName: label ?? packageId,
    identifier: packageId,
    version: versionName ?? versionCode,
    publisher: null,
    size: source.size,
    icon: search.icon,
    warnings,
    details: {
      packageId,
      versionCode,
      versionName,
      label,
      minSdkVersion: plainText(resolve(manifest.minSdkVersion, table)),
      targetSdkVersion: plainText(resolve(manifest.targetSdkVersion, table)),
      debuggable,
      nativeCode: nativeCode(zip),
    },
  };
}

function assertOneApk(zip: ZipArchive): void {
  const kind = apkKind(zip);
  if (kind === 'bundle') throw new ProblemError('androidBundle');
  if (kind === 'splitSet') throw new ProblemError('androidSplitSet');
  if (kind !== 'apk') throw new ProblemError('androidManifestMissing');
}

async function loadManifest(zip: ZipArchive, signal: AbortSignal | undefined): Promise<ApkManifest> {
  const bytes = await zip.readEntry(manifestName, largestManifest, signal);
  if (bytes === null) throw new ProblemError('androidManifestMissing');
  if (bytes.length === 0) throw new ProblemError('packageMalformed', { detail: `${manifestName} in it is empty.` });
  if (isText(bytes)) throw new ProblemError('androidManifestText');
  const manifest = parsed(manifestName, () => readApkManifest(bytes));
  if (manifest === null)
    throw new ProblemError('packageMalformed', { detail: `${manifestName} in it is no manifest.` });
  return manifest;
}

/** A table too large to be read costs the label and the icon only: what identifies the app stands in the manifest. */
async function loadTable(
  zip: ZipArchive,
  signal: AbortSignal | undefined,
): Promise<{ table: ResourceTable | null; warning: string[] }> {
  const name = 'resources.arsc';
  if ((zip.claimedSize(name) ?? 0) > largestTable)
    return { table: null, warning: ['The app has more resources than I read, so its label and icon may be missing.'] };
  const bytes = await zip.readEntry(name, largestTable, signal);
  if (bytes === null) return { table: null, warning: [] };
  return { table: parsed(name, () => new ResourceTable(bytes)), warning: [] };
}

/** Parsers work on bytes alone: whatever they throw is a fault of the file. */
function parsed<Result>(name: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    const fault = error instanceof ChunkError ? error.message : 'cannot be read';
    throw new ProblemError('packageMalformed', { detail: `${name} in it ${fault}.`, cause: error });
  }
}

function readPackageId(manifest: ApkManifest, table: ResourceTable | null): string {
  const packageId = resolve(manifest.packageId, table) ?? '';
  if (!/^[A-Za-z][A-Za-z0-9_.]{0,254}$/.test(packageId))
    throw new ProblemError('packageMalformed', { detail: `${manifestName} in it names no valid package.` });
  return packageId;
}

/** Android's long version code: the major one in the upper 32 bits. */
function readVersionCode(manifest: ApkManifest, table: ResourceTable | null): string | null {
  const low = integer(manifest.versionCode, table);
  const high = integer(manifest.versionCodeMajor, table);
  if (low === null && high === null) return null;
  return String(((high ?? 0n) << 32n) | (low ?? 0n));
}

function integer(value: ResourceValue | null, table: ResourceTable | null): bigint | null {
  const text = resolve(value, table);
  return text !== null && /^\d{1,10}$/.test(text) ? BigInt(text) & 0xffffffffn : null;
}

function isTrue(value: ResourceValue | null, table: ResourceTable | null): boolean {
  if (value === null) return false;
  if (value.kind !== 'reference') return isYes(value);
  return table?.variants(value.id).some(({ value: found }) => isYes(found)) ?? false;
}

/** Some tools write numbers and texts, which Android takes as well. */
function isYes(value: ResourceValue): boolean {
  if (value.kind === 'boolean') return value.value;
  if (value.kind === 'integer') return value.value !== 0;
  return value.kind === 'text' && /^(true|1)$/i.test(value.text);
}

function resolve(value: ResourceValue | null, table: ResourceTable | null): string | null {
  if (value?.kind === 'text') return value.text;
  if (value?.kind === 'integer') return String(value.value);
  return value?.kind === 'reference' ? (table?.text(value.id) ?? null) : null;
}

function isText(bytes: Buffer): boolean {
  const start = bytes
    .toString('utf8', 0, 64)
    .replace(/^\uFEFF/, '')
    .trimStart();
  return start.startsWith('<');
}
