import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { MsiDetails } from '../package-facts.ts';
import { storedZip, type ZipMember } from '../stored-zip.ts';

export interface IntunewinSource {
  /** For people. */
  name: string;
  /** What a device starts, with slashes, one of the members. */
  setupFile: string;
  members: readonly ZipMember[];
  /** Where the setup is an MSI. */
  msi: MsiDetails | null;
}

const contentName = 'IntunePackage.intunewin';
const macBytes = 32;

/**
 * Writes a package as Microsoft's Win32 Content Prep Tool does: a zip archive of the members, encrypted, in a zip archive
 * with what opens it. https://github.com/microsoft/Microsoft-Win32-Content-Prep-Tool
 */
export async function writeIntunewin(path: string, source: IntunewinSource): Promise<void> {
  const sealedPath = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    const sealed = await seal(sealedPath, source.members);
    const outer = new ZipFile();
    outer.addFile(sealedPath, `IntuneWinPackage/Contents/${contentName}`, { compress: false });
    outer.addBuffer(Buffer.from(detection(source, sealed), 'utf8'), 'IntuneWinPackage/Metadata/Detection.xml');
    outer.end();
    await pipeline(outer.outputStream, createWriteStream(path));
  } finally {
    await rm(sealedPath, { force: true });
  }
}

interface Sealed {
  size: number;
  encryptionKey: Buffer;
  macKey: Buffer;
  initializationVector: Buffer;
  mac: Buffer;
  fileDigest: Buffer;
}

/** MAC, initialization vector, ciphertext: the MAC is of what follows it, and put in at the end. */
async function seal(path: string, members: readonly ZipMember[]): Promise<Sealed> {
  const encryptionKey = randomBytes(32);
  const macKey = randomBytes(32);
  const initializationVector = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', encryptionKey, initializationVector);
  const hmac = createHmac('sha256', macKey).update(initializationVector);
  const digest = createHash('sha256');
  let size = 0;
  const encrypted = async function* (plain: AsyncIterable<Buffer>) {
    yield Buffer.concat([Buffer.alloc(macBytes), initializationVector]);
    for await (const chunk of plain) {
      size += chunk.length;
      digest.update(chunk);
      const part = cipher.update(chunk);
      hmac.update(part);
      yield part;
    }
    const last = cipher.final();
    hmac.update(last);
    yield last;
  };
  await pipeline(storedZip(members), encrypted, createWriteStream(path));
  const mac = hmac.digest();
  const file = await open(path, 'r+');
  try {
    await file.write(mac, 0, macBytes, 0);
  } finally {
    await file.close();
  }
  return { size, encryptionKey, macKey, initializationVector, mac, fileDigest: digest.digest() };
}

function detection({ name, setupFile, msi }: IntunewinSource, sealed: Sealed): string {
  const info = {
    EncryptionKey: sealed.encryptionKey.toString('base64'),
    MacKey: sealed.macKey.toString('base64'),
    InitializationVector: sealed.initializationVector.toString('base64'),
    Mac: sealed.mac.toString('base64'),
    ProfileIdentifier: 'ProfileVersion1',
    FileDigest: sealed.fileDigest.toString('base64'),
    FileDigestAlgorithm: 'SHA256',
  };
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<ApplicationInfo xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ToolVersion="1.8.4.0">',
    elements({
      Name: name,
      UnencryptedContentSize: String(sealed.size),
      FileName: contentName,
      SetupFile: setupFile.replaceAll('/', '\\'),
    }),
    `<EncryptionInfo>${elements(info)}</EncryptionInfo>`,
    msi === null ? '' : `<MsiInfo>${elements(msiInfo(msi))}</MsiInfo>`,
    '</ApplicationInfo>',
  ].join('\n');
}

const contexts = { perMachine: 'System', perUser: 'User', dualPurpose: 'Any' } as const;

function msiInfo({ productCode, productVersion, upgradeCode, manufacturer, packageType }: MsiDetails) {
  return {
    MsiProductCode: productCode,
    MsiProductVersion: productVersion ?? '',
    MsiUpgradeCode: upgradeCode ?? '',
    MsiExecutionContext: contexts[packageType],
    MsiRequiresLogon: 'false',
    MsiRequiresReboot: 'false',
    MsiIsMachineInstall: String(packageType !== 'perUser'),
    MsiIsUserInstall: String(packageType !== 'perMachine'),
    MsiIncludesServices: 'false',
    MsiIncludesODBCDataSource: 'false',
    MsiContainsSystemRegistryKeys: 'false',
    MsiContainsSystemFolders: 'false',
    MsiPublisher: manufacturer ?? '',
  };
}

function elements(values: Readonly<Record<string, string>>): string {
  const escaped = (value: string) => value.replace(/[<>&'"]/g, (c) => `&#${c.charCodeAt(0)};`);
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
    .join('\n');
}

/** A file of the disk as a member of an archive. */
export function fileMember(path: string, name: string, size: number): ZipMember {
  return { name, size, stream: (signal) => createReadStream(path, signal === undefined ? {} : { signal }) };
}
