import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import type { PkgDetails, PkgFacts } from '../package-facts.ts';
import { plainText } from '../plain-text.ts';
import type { PackageEvidence, PackageReader } from '../reader.ts';
import { encodingOf, mostElements, parseXml, type XmlElement } from '../xml-document.ts';
import { appName, type InstalledBundle, isApp, isInApplications, versionOf } from './bundle.ts';
import { type Distribution, isKey, readDistribution, textFor } from './distribution.ts';
import { readSigner } from './installer-signature.ts';
import { type PackageInfo, readPackageInfo } from './package-info.ts';
import { chooseAppType } from './pkg-app-type.ts';
import { latestVersion } from './version-order.ts';
import { XarArchive } from './xar-archive.ts';

const largestDistribution = 4 * 1024 ** 2;
const largestPackageInfo = 4 * 1024 ** 2;
const maxPackages = 500;
const maxBundles = 500;
const maxTexts = 8;
const largestTexts = 256 * 1024;

export function createPkgReader(): PackageReader {
  return {
    format: 'pkg',
    recognises: ({ head }) => head.toString('latin1', 0, 4) === 'xar!',
    read: readPkg,
  };
}

async function readPkg(source: ByteSource, _evidence: PackageEvidence, signal?: AbortSignal): Promise<PkgFacts> {
  const archive = await XarArchive.open(source, signal);
  const distribution = await loadDistribution(archive, signal);
  const components = await loadComponents(archive, signal);
  if (distribution === null && components.length === 0) throw new ProblemError('pkgWithoutMetadata');

  const bundles = collectBundles(distribution, components);
  const packages = collectPackages(distribution, components);
  const main = bundles.find(isApp) ?? null;
  const productId = distribution?.productId ?? null;
  const version = distribution?.version ?? (distribution === null ? (packages[0]?.version ?? null) : null);
  const title = distribution?.title ?? null;
  const identifier = main?.id ?? productId ?? packages[0]?.id ?? null;
  if (identifier === null) throw new ProblemError('pkgWithoutMetadata');

  const signer = archive.certificates === null ? null : readSigner(archive.certificates);
  const choice = chooseAppType({
    size: source.size,
    signer,
    installsNothing: components.length > 0 && components.every((component) => component.installsNothing),
    hasApp: main !== null,
  });
  const details: PkgDetails = {
    productId,
    title,
    version,
    packages,
    bundles: bundles.map((bundle) => ({ bundleId: bundle.id, bundleVersion: versionOf(bundle) })),
    apps: appsOf(bundles).map(({ id, shortVersion, buildVersion }) => ({ bundleId: id, shortVersion, buildVersion })),
    minimumOSVersion:
      distribution?.minimumOSVersion ?? latestVersion(components.map((component) => component.minimumOSVersion)),
    signed: archive.certificates !== null,
  };
  return {
    format: 'pkg',
    graphType: choice.graphType,
    displayName:
      distribution?.displayName ??
      (await titleFrom(archive, distribution?.title ?? null, signal)) ??
      plainText(main === null ? null : appName(main)) ??
      plainText(components.find((component) => component.appName !== null)?.appName) ??
      identifier,
    identifier,
    version: (main === null ? null : versionOf(main)) ?? version ?? packages[0]?.version ?? null,
    publisher: plainText(signer?.organisation),
    size: source.size,
    icon: null,
    warnings: choice.warnings,
    details,
  };
}

async function loadDistribution(archive: XarArchive, signal: AbortSignal | undefined): Promise<Distribution | null> {
  const root = await loadXml(archive, 'Distribution', largestDistribution, signal);
  if (root === null) return null;
  if (!/^installer-(gui-)?script$/.test(root.name))
    throw new ProblemError('packageMalformed', { detail: 'Distribution in it is not that of an installer package.' });
  const { title, displayName, productId, version, minimumOSVersion, packages, bundles } = readDistribution(root);
  return {
    title: plainText(title),
    displayName: plainText(displayName),
    productId: plainText(productId),
    version: plainText(version),
    minimumOSVersion: plainText(minimumOSVersion),
    packages: packages.flatMap(shownPackage),
    bundles: bundles.flatMap(shownBundle),
  };
}

/** Texts for people lie in a folder for each language. */
async function titleFrom(
  archive: XarArchive,
  title: string | null,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  if (title === null || !isKey(title)) return null;
  const paths = [...archive.paths()].filter((path) =>
    /^Resources\/(en|English|Base)[^/]*\.lproj\/[^/]+\.strings$/i.test(path),
  );
  for (const path of paths.slice(0, maxTexts)) {
    const bytes = await archive.readFile(path, largestTexts, signal);
    const text = bytes === null ? null : textFor(title, new TextDecoder(encodingOf(bytes)).decode(bytes));
    if (text !== null) return plainText(text);
  }
  return null;
}

/** Those that people find, if there are any: Intune asks a Mac for each of them. */
function appsOf(bundles: readonly InstalledBundle[]): InstalledBundle[] {
  const found = bundles.filter(isInApplications);
  return found.length > 0 ? found : bundles.filter(isApp);
}

/** The component packages: the archive itself, or folders near its top. */
async function loadComponents(archive: XarArchive, signal: AbortSignal | undefined): Promise<PackageInfo[]> {
  const components: PackageInfo[] = [];
  // All of them together may say as much as one file may.
  let elementsLeft = mostElements;
  for (const path of archive.paths()) {
    if (!/^([^/]+\/){0,3}PackageInfo$/.test(path)) continue;
    if (components.length >= maxPackages)
      throw new ProblemError('packageBeyondLimits', { detail: `It holds more than ${maxPackages} packages.` });
    const root = await loadXml(archive, path, largestPackageInfo, signal, elementsLeft);
    if (root === null) continue;
    elementsLeft -= root.elements;
    if (root.name !== 'pkg-info')
      throw new ProblemError('packageMalformed', { detail: 'PackageInfo in it is not that of an installer package.' });
    const info = readPackageInfo(root);
    components.push({
      ...info,
      id: plainText(info.id),
      version: plainText(info.version),
      minimumOSVersion: plainText(info.minimumOSVersion),
      bundles: info.bundles.flatMap(shownBundle),
    });
  }
  return components;
}

async function loadXml(
  archive: XarArchive,
  path: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
  elements?: number,
): Promise<XmlElement | null> {
  const bytes = await archive.readFile(path, maxBytes, signal);
  return bytes === null ? null : parseXml(bytes, path.slice(path.lastIndexOf('/') + 1), elements);
}

/** What the components say goes first: the Distribution repeats it. Apps go before the parts they are made of. */
function collectBundles(distribution: Distribution | null, components: readonly PackageInfo[]): InstalledBundle[] {
  const found = new Map<string, InstalledBundle>();
  const all = [...components.flatMap(({ bundles }) => bundles), ...(distribution?.bundles ?? [])];
  for (const bundle of all) {
    const known = found.get(bundle.id);
    if (known === undefined || (versionOf(known) === null && versionOf(bundle) !== null)) found.set(bundle.id, bundle);
  }
  const rank = (bundle: InstalledBundle) =>
    bundle.id === distribution?.productId ? 0 : isInApplications(bundle) ? 1 : isApp(bundle) ? 2 : 3;
  return [...found.values()].sort((a, b) => rank(a) - rank(b)).slice(0, maxBundles);
}

function collectPackages(
  distribution: Distribution | null,
  components: readonly PackageInfo[],
): PkgDetails['packages'] {
  const found = new Map<string, string | null>();
  const all = [...components, ...(distribution?.packages ?? [])];
  for (const { id, version } of all) if (id !== null) found.set(id, found.get(id) ?? version);
  return [...found].slice(0, maxPackages).map(([id, version]) => ({ id, version }));
}

function shownPackage({ id, version }: PkgDetails['packages'][number]): PkgDetails['packages'] {
  const shown = plainText(id);
  return shown === null ? [] : [{ id: shown, version: plainText(version) }];
}

function shownBundle(bundle: InstalledBundle): InstalledBundle[] {
  const id = plainText(bundle.id);
  if (id === null) return [];
  return [
    { ...bundle, id, shortVersion: plainText(bundle.shortVersion), buildVersion: plainText(bundle.buildVersion) },
  ];
}
