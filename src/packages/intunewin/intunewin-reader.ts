import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import type { IntunewinFacts } from '../package-facts.ts';
import { plainText } from '../plain-text.ts';
import type { PackageEvidence, PackageReader } from '../reader.ts';
import { isIntunewin, locatePayload } from './intunewin-payload.ts';

export function createIntunewinReader(): PackageReader {
  return {
    format: 'intunewin',
    recognises: ({ zip }) => zip !== null && isIntunewin(zip),
    read: readIntunewin,
  };
}

async function readIntunewin(
  source: ByteSource,
  { zip }: PackageEvidence,
  signal?: AbortSignal,
): Promise<IntunewinFacts> {
  if (zip === null) throw new ProblemError('packageNotSupported');
  const { detection, source: payload } = await locatePayload(source, zip, signal);
  const { msi } = detection;
  const name = plainText(detection.name);
  const setupFile = plainText(detection.setupFile);
  const warnings = [
    ...(setupFile === null
      ? ['The package names no setup file, so you have to write the install command yourself.']
      : []),
    ...(msi === null ? ['The package does not say how to detect the app, so a detection rule is needed.'] : []),
  ];
  return {
    format: 'intunewin',
    graphType: 'win32LobApp',
    displayName: name ?? setupFile,
    identifier: msi?.productCode ?? null,
    version: msi?.productVersion ?? null,
    publisher: msi?.publisher ?? null,
    size: source.size,
    // The only pictures are in the encrypted content, in whatever form the app's maker chose.
    icon: null,
    warnings,
    details: {
      name,
      fileName: detection.fileName,
      setupFile,
      toolVersion: plainText(detection.toolVersion),
      unencryptedContentSize: detection.unencryptedContentSize,
      encryptedContentSize: payload.size,
      encryptionInfoPresent: true,
      mac: detection.encryption.mac,
      msi,
    },
  };
}
