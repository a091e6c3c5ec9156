import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import type { MsiFacts } from '../package-facts.ts';
import { plainText } from '../plain-text.ts';
import type { PackageEvidence, PackageReader } from '../reader.ts';
import { CompoundFile } from './compound-file.ts';
import { compoundMagic } from './compound-header.ts';
import { installContext } from './install-context.ts';
import { MsiTables } from './msi-tables.ts';
import { findProductIcon } from './product-icon.ts';
import { readSummaryInformation, type SummaryInformation, summaryStream } from './summary-information.ts';

const largestSummary = 1024 ** 2;
const mostMedia = 1000;
const filesAreCompressed = 2;

/** What other files of Windows Installer say of themselves in the class id of their root. */
const otherKinds: Readonly<Record<string, string>> = {
  '000c1082-0000-0000-c000-000000000046': 'It is a transform (MST), which changes an installer package.',
  '000c1086-0000-0000-c000-000000000046': 'It is a patch (MSP), which changes an app that is already installed.',
};

const propertyNames = [
  'ProductName',
  'ProductCode',
  'ProductVersion',
  'UpgradeCode',
  'Manufacturer',
  'ProductLanguage',
  'ALLUSERS',
  'MSIINSTALLPERUSER',
  'ARPPRODUCTICON',
] as const;

export function createMsiReader(): PackageReader {
  return {
    format: 'msi',
    recognises: ({ head }) => head.subarray(0, compoundMagic.length).equals(compoundMagic),
    read: readMsi,
  };
}

async function readMsi(source: ByteSource, _evidence: PackageEvidence, signal?: AbortSignal): Promise<MsiFacts> {
  const file = await CompoundFile.open(source, signal);
  const other = otherKinds[file.classId];
  if (other !== undefined) throw new ProblemError('msiNotInstaller', { detail: other });
  const tables = await MsiTables.open(file);
  if (tables === null) throw new ProblemError('msiNotInstaller');
  const properties = await tables.values('Property', propertyNames);
  if (properties === null) throw withoutProduct(tables, 'It has no Property table.');

  const property = (name: (typeof propertyNames)[number]) => plainText(properties.get(name) ?? null);
  const productCode = property('ProductCode');
  if (productCode === null || !/^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/i.test(productCode))
    throw withoutProduct(tables, 'Its Property table names no valid ProductCode.');
  const summary = await loadSummary(file);
  const context = installContext({
    allUsers: properties.get('ALLUSERS'),
    installPerUser: properties.get('MSIINSTALLPERUSER'),
    wordCount: summary.wordCount,
  });
  const upgradeCode = property('UpgradeCode');

  const details = {
    productName: property('ProductName'),
    productCode,
    productVersion: property('ProductVersion'),
    upgradeCode,
    manufacturer: property('Manufacturer'),
    productLanguage: property('ProductLanguage'),
    packageType: context.packageType,
    platform: platformOf(summary.template),
  };
  return {
    format: 'msi',
    graphType: 'windowsMobileMSI',
    displayName: details.productName,
    identifier: productCode,
    version: details.productVersion,
    publisher: details.manufacturer,
    size: source.size,
    icon: await findProductIcon(file, properties.get('ARPPRODUCTICON')),
    warnings: [
      ...context.warnings,
      ...(upgradeCode === null
        ? ['The package names no UpgradeCode, so a later version of it does not replace this one.']
        : []),
      ...(tables.strings.isCodePageKnown
        ? []
        : [`Names may be misspelt: they are written in code page ${tables.strings.codePage}, which I cannot read.`]),
      ...(await outsideFiles(tables, summary)),
    ],
    details,
  };
}

/** A package that was made with merge modules has their tables as well. */
function withoutProduct(tables: MsiTables, fault: string): ProblemError {
  if (tables.has('ModuleSignature'))
    return new ProblemError('msiNotInstaller', {
      detail: 'It is a merge module (MSM), a part of an installer package.',
    });
  const code = tables.has('Property') ? 'packageMalformed' : 'msiNotInstaller';
  return new ProblemError(code, { detail: fault });
}

async function loadSummary(file: CompoundFile): Promise<SummaryInformation> {
  const bytes = await file.readStream(summaryStream, largestSummary);
  return readSummaryInformation(bytes ?? Buffer.alloc(0));
}

/** Windows Installer takes a package that names no platform for one of 32-bit Intel. */
function platformOf(template: string | null): string | null {
  if (template === null) return null;
  return plainText(template.split(';')[0] ?? null) ?? 'Intel';
}

/** Intune uploads one file; what the package expects beside it would be missing on the device. */
async function outsideFiles(tables: MsiTables, { wordCount }: SummaryInformation): Promise<string[]> {
  const cabinets = await listCabinets(tables);
  const outside = cabinets.filter((name) => name !== null && !name.startsWith('#'));
  const isUncompressed =
    wordCount !== null && (wordCount & filesAreCompressed) === 0 && cabinets.every((name) => name === null);
  const remedy = 'Intune delivers this one file only: wrap the whole folder as an intunewin package instead.';
  if (outside.length > 0)
    return [`The package needs other files beside it (${outside.slice(0, 3).join(', ')}). ${remedy}`];
  return isUncompressed && tables.has('File') ? [`The package keeps its files beside it. ${remedy}`] : [];
}

/** A Media table that cannot be read costs a warning and not the package. */
async function listCabinets(tables: MsiTables): Promise<(string | null)[]> {
  try {
    return (await tables.texts('Media', 'Cabinet', mostMedia)).map((name) => plainText(name));
  } catch (error) {
    if (error instanceof ProblemError) return ['#unknown'];
    throw error;
  }
}
