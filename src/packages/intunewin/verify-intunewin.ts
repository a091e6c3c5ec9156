import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import { ProblemError } from '../../problems/problem.ts';
import type { ByteSource } from '../byte-source.ts';
import { envelopeBytes } from './detection-xml.ts';
import { openIntunewinPayload } from './intunewin-payload.ts';

/**
 * Decrypts the whole content in one pass and throws it away: proves that devices will be able to open it. Intune finds out
 * only after the upload. Takes as long as reading the package does.
 */
export async function verifyIntunewin(source: ByteSource, signal?: AbortSignal): Promise<void> {
  const { detection, source: payload } = await openIntunewinPayload(source, signal);
  const { encryption, unencryptedContentSize } = detection;
  const secret = (value: string) => Buffer.from(value, 'base64');
  const hmac = createHmac('sha256', secret(encryption.macKey));
  const digest = createHash('sha256');
  const decipher = createDecipheriv(
    'aes-256-cbc',
    secret(encryption.encryptionKey),
    secret(encryption.initializationVector),
  );
  let plainSize = 0;
  const takePlain = (bytes: Buffer) => {
    plainSize += bytes.length;
    digest.update(bytes);
  };

  hmac.update(secret(encryption.initializationVector));
  for await (const chunk of payload.stream(envelopeBytes, signal) as AsyncIterable<Buffer>) {
    hmac.update(chunk);
    takePlain(decipher.update(chunk));
  }
  // Compared before the last block is opened, so that a changed content is not taken for a wrong key.
  if (!hmac.digest().equals(secret(encryption.mac)))
    throw fault('Its encrypted content was changed or damaged (the MAC is wrong).');
  takePlain(lastBlock(decipher));
  if (plainSize !== unencryptedContentSize || digest.digest('base64') !== encryption.fileDigest)
    throw fault('Its content is not the one that was packed (size or digest is wrong).');
}

function lastBlock(decipher: ReturnType<typeof createDecipheriv>): Buffer {
  try {
    return decipher.final();
  } catch (error) {
    throw fault('Its content cannot be decrypted with the key it brings.', error);
  }
}

const fault = (detail: string, cause?: unknown) => new ProblemError('intunewinInvalid', { detail, cause });
