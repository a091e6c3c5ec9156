import { createHash } from 'node:crypto';
import type { ContentSeal } from '../graph/content/content-encryption.ts';
import type { ContentKeys } from '../graph/content/content-keys.ts';
import type { ContentSource } from '../graph/content/plain-bytes.ts';
import type { ByteSource } from '../packages/byte-source.ts';
import { openIntunewinPayload } from '../packages/intunewin/intunewin-payload.ts';
import { storedZip, storedZipSize, type ZipMember } from '../packages/stored-zip.ts';
import { ProblemError } from '../problems/problem.ts';
import type { PublishPlan } from './plan.ts';

/** What a job uploads, made of the package while it is read. */
export interface JobContent {
  source: ContentSource;
  /** Of content that was encrypted before it came here; otherwise the job chooses its own keys. */
  sealed: { keys: ContentKeys; seal: ContentSeal } | null;
  /** After all bytes were read: throws unless they are those that were confirmed. */
  expectConfirmed(seal: ContentSeal): void;
}

/** What Intune is told the file's name is: the same for all that has no file of its own. */
const madeName = 'IntunePackage.intunewin';

export function contentName({ content, fileName }: PublishPlan): string {
  if (content.kind === 'package') return fileName;
  return content.kind === 'sealed' ? content.name : madeName;
}

/** Closing the package is up to whoever opened it. */
export async function contentOf(plan: PublishPlan, source: ByteSource, signal: AbortSignal): Promise<JobContent> {
  switch (plan.content.kind) {
    case 'package':
      return packageContent(plan, source);
    case 'zipped':
      return zippedContent(plan, plan.content, source);
    case 'sealed':
      return sealedContent(plan.content, source, signal);
  }
}

function packageContent(plan: PublishPlan, source: ByteSource): JobContent {
  if (source.size !== plan.size) throw new ProblemError('publishedBytesDiffer');
  return {
    source,
    sealed: null,
    expectConfirmed: ({ fileDigest }) => expectDigest(plan, fileDigest.toString('hex')),
  };
}

function zippedContent(
  plan: PublishPlan,
  { name, size }: Extract<PublishPlan['content'], { kind: 'zipped' }>,
  source: ByteSource,
): JobContent {
  if (storedZipSize([{ name, size: source.size }]) !== size) throw new ProblemError('publishedBytesDiffer');
  let digest = '';
  const member: ZipMember = {
    name,
    size: source.size,
    async *stream(signal) {
      const hash = createHash('sha256');
      for await (const chunk of source.stream(0, signal) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
      digest = hash.digest('hex');
    },
  };
  return {
    source: { size, stream: (_from, signal) => storedZip([member], signal) },
    sealed: null,
    expectConfirmed: () => expectDigest(plan, digest),
  };
}

async function sealedContent(
  content: Extract<PublishPlan['content'], { kind: 'sealed' }>,
  source: ByteSource,
  signal: AbortSignal,
): Promise<JobContent> {
  const { detection, source: payload } = await openIntunewinPayload(source, signal);
  const { encryption, unencryptedContentSize } = detection;
  if (encryption.mac !== content.mac || unencryptedContentSize !== content.size)
    throw new ProblemError('publishedBytesDiffer');
  const bytes = (text: string) => Buffer.from(text, 'base64');
  return {
    source: payload,
    sealed: {
      keys: {
        encryptionKey: bytes(encryption.encryptionKey),
        macKey: bytes(encryption.macKey),
        initializationVector: bytes(encryption.initializationVector),
      },
      seal: { mac: bytes(encryption.mac), fileDigest: bytes(encryption.fileDigest) },
    },
    // The MAC was compared with the bytes on their way, and above with the one that was confirmed.
    expectConfirmed: () => undefined,
  };
}

function expectDigest({ sha256 }: PublishPlan, found: string): void {
  if (found !== sha256.toLowerCase()) throw new ProblemError('publishedBytesDiffer');
}
