import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import { ZipArchive } from '../zip-archive.ts';
import { type Detection, encryptedSize, envelopeBytes, readDetection } from './detection-xml.ts';

/** Real ones have one or two kilobytes. */
const largestDetection = 256 * 1024;
const folder = /^IntuneWinPackage[\\/]/i;

/** The encrypted content as Intune takes it (MAC, initialization vector, ciphertext) and what opens it. */
export interface IntunewinPayload {
  detection: Detection;
  /** Reads the package; closing it leaves the package open. */
  source: ByteSource;
}

/** Windows tools write both kinds of slashes and any case. */
const canonical = (name: string) => name.replaceAll('\\', '/').toLowerCase();

export function isIntunewin(zip: ZipArchive): boolean {
  for (const name of zip.entries()) if (folder.test(name)) return true;
  return false;
}

/** The inner file of a package, ready to be uploaded as it is. */
export async function openIntunewinPayload(source: ByteSource, signal?: AbortSignal): Promise<IntunewinPayload> {
  return locatePayload(source, await ZipArchive.open(source, signal), signal);
}

/** The same for a package whose directory has been read. */
export async function locatePayload(
  source: ByteSource,
  zip: ZipArchive,
  signal: AbortSignal | undefined,
): Promise<IntunewinPayload> {
  const detectionName = findEntry(zip, 'IntuneWinPackage/Metadata/Detection.xml');
  if (detectionName === null) throw fault('It holds no IntuneWinPackage/Metadata/Detection.xml.');
  const bytes = await zip.readEntry(detectionName, largestDetection, signal);
  const detection = readDetection(bytes ?? Buffer.alloc(0));

  const contentName = findEntry(zip, `IntuneWinPackage/Contents/${detection.fileName}`);
  // Microsoft's tool stores the content; whoever packs its folder anew may have compressed it.
  const payload = contentName === null ? null : await zip.openEntry(source, contentName, signal);
  if (payload === null) throw fault('It does not hold the content file that its Detection.xml names.');
  await assertEnvelope(payload, detection, signal);
  return { detection, source: payload };
}

function findEntry(zip: ZipArchive, name: string): string | null {
  const wanted = canonical(name);
  const found: string[] = [];
  for (const entry of zip.entries()) if (entry.length === name.length && canonical(entry) === wanted) found.push(entry);
  if (found.length > 1) throw fault('It holds a file more than once that it may hold only once.');
  return found[0] ?? null;
}

/** The content starts with the MAC and the initialization vector that Detection.xml repeats. */
async function assertEnvelope(
  payload: ByteSource,
  detection: Detection,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (payload.size < envelopeBytes + 16) throw fault('Its encrypted content is too short to hold anything.');
  if (payload.size !== encryptedSize(detection.unencryptedContentSize))
    throw fault('Its encrypted content is not as long as UnencryptedContentSize says.');
  const head = await payload.read(0, envelopeBytes, signal);
  const { mac, initializationVector } = detection.encryption;
  if (head.toString('base64', 0, 32) !== mac || head.toString('base64', 32) !== initializationVector)
    throw fault('Its encrypted content does not belong to its Detection.xml.');
}

const fault = (detail: string) => new ProblemError('intunewinInvalid', { detail });
