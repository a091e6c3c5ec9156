import { ProblemError } from '../../problems/problem.ts';
import type { IntunewinDetails } from '../package-facts.ts';
import { plainText } from '../plain-text.ts';
import { parseXml, type XmlElement } from '../xml-document.ts';

/** The MAC and the initialization vector, which stand before the ciphertext. */
export const envelopeBytes = 48;
const cipherBlock = 16;
const macBytes = 32;
const keyBytes = 32;

/** What opens the payload; all values base64. The keys are secrets and belong in no log. Names are Graph's. */
export interface IntunewinEncryption {
  encryptionKey: string;
  macKey: string;
  initializationVector: string;
  mac: string;
  profileIdentifier: 'ProfileVersion1';
  fileDigest: string;
  fileDigestAlgorithm: 'SHA256';
}

/** What Detection.xml says. */
export interface Detection {
  name: string | null;
  /** Of the encrypted payload; no path. */
  fileName: string;
  setupFile: string | null;
  toolVersion: string | null;
  unencryptedContentSize: number;
  encryption: IntunewinEncryption;
  msi: IntunewinDetails['msi'];
}

export function readDetection(bytes: Buffer): Detection {
  const root = parseXml(bytes, 'Detection.xml');
  if (root.name !== 'ApplicationInfo') throw fault('Its Detection.xml is of another kind.');
  assertNoneTwice(root);
  return {
    name: optional(root, 'Name'),
    fileName: readFileName(root),
    setupFile: optional(root, 'SetupFile'),
    toolVersion: root.attribute('ToolVersion')?.trim() || null,
    unencryptedContentSize: readSize(root),
    encryption: readEncryption(root),
    msi: readMsi(root),
  };
}

/** Two values for one name would mean two packages in one. */
function assertNoneTwice(element: XmlElement): void {
  const seen = new Set<string>();
  for (const { name } of element.children) {
    if (seen.has(name)) throw fault(`Its Detection.xml names ${name.slice(0, 40)} twice.`);
    seen.add(name);
  }
}

/** The bytes of MAC, initialization vector and ciphertext: PKCS #7 always adds one to sixteen bytes. */
export function encryptedSize(plainSize: number): number {
  return envelopeBytes + (Math.floor(plainSize / cipherBlock) + 1) * cipherBlock;
}

function readFileName(root: XmlElement): string {
  const name = required(root, 'FileName');
  if (/[\\/:\p{Cc}]/u.test(name) || name === '.' || name === '..')
    throw fault('Its Detection.xml names a content file outside the package.');
  return name;
}

function readSize(root: XmlElement): number {
  const text = required(root, 'UnencryptedContentSize');
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw fault('UnencryptedContentSize in its Detection.xml is no number.');
  return size;
}

function readEncryption(root: XmlElement): IntunewinEncryption {
  const info = root.child('EncryptionInfo');
  if (info === null) throw fault('Its Detection.xml has no EncryptionInfo, so its content cannot be opened.');
  assertNoneTwice(info);
  const profile = required(info, 'ProfileIdentifier');
  const algorithm = required(info, 'FileDigestAlgorithm');
  if (profile !== 'ProfileVersion1')
    throw fault('It is encrypted in a way (ProfileIdentifier) that Intune does not take.');
  if (algorithm.toUpperCase() !== 'SHA256') throw fault('FileDigestAlgorithm in its Detection.xml is not SHA256.');
  return {
    encryptionKey: binary(info, 'EncryptionKey', keyBytes),
    macKey: binary(info, 'MacKey', keyBytes),
    initializationVector: binary(info, 'InitializationVector', cipherBlock),
    mac: binary(info, 'Mac', macBytes),
    profileIdentifier: 'ProfileVersion1',
    fileDigest: binary(info, 'FileDigest', 32),
    fileDigestAlgorithm: 'SHA256',
  };
}

/** In the one spelling that Graph takes, whatever line breaks the file has. */
function binary(info: XmlElement, name: string, length: number): string {
  const text = required(info, name).replace(/\s+/g, '');
  const bytes = /^[A-Za-z0-9+/]{1,128}={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (bytes.length !== length) throw fault(`${name} in its Detection.xml is not ${length} bytes in base64.`);
  return bytes.toString('base64');
}

function readMsi(root: XmlElement): IntunewinDetails['msi'] {
  const info = root.child('MsiInfo');
  if (info === null) return null;
  assertNoneTwice(info);
  const shown = (name: string) => plainText(optional(info, name));
  const productCode = shown('MsiProductCode');
  if (productCode === null) return null;
  return {
    productCode,
    productVersion: shown('MsiProductVersion'),
    upgradeCode: shown('MsiUpgradeCode'),
    publisher: shown('MsiPublisher'),
    packageType: readPackageType(info),
  };
}

function readPackageType(info: XmlElement): NonNullable<IntunewinDetails['msi']>['packageType'] {
  const context = optional(info, 'MsiExecutionContext')?.toLowerCase();
  if (context === 'any') return 'dualPurpose';
  if (context === 'user') return 'perUser';
  if (context === 'system') return 'perMachine';
  const isTrue = (name: string) => optional(info, name)?.toLowerCase() === 'true';
  if (isTrue('MsiIsMachineInstall')) return isTrue('MsiIsUserInstall') ? 'dualPurpose' : 'perMachine';
  return isTrue('MsiIsUserInstall') ? 'perUser' : 'perMachine';
}

function optional(element: XmlElement, name: string): string | null {
  return element.childText(name)?.trim() || null;
}

function required(element: XmlElement, name: string): string {
  const text = optional(element, name);
  if (text === null) throw fault(`Its Detection.xml names no ${name}.`);
  return text;
}

const fault = (detail: string) => new ProblemError('intunewinInvalid', { detail });
