import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { ProblemError } from '../../problems/problem.ts';
import { type CertificateWithKey, certificateFacts } from './certificate.ts';
import { readPfx } from './read-pfx.ts';

export interface CertificateFile {
  bytes: Uint8Array;
  /** Empty where the file has none. */
  password: string;
  now: Date;
}

/** What a file holds, before anybody asks whether it fits together. */
export interface FileContents {
  certificates: X509Certificate[];
  keys: KeyObject[];
}

const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g;
const smallestKeyBits = 2048;

/** A certificate with its key, from PEM or PFX (PKCS #12). Refusals say what to do; nothing of the file is in them. */
export async function readCertificateFile({ bytes, password, now }: CertificateFile): Promise<CertificateWithKey> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { certificates, keys } = file.includes('-----BEGIN ')
    ? readPem(file.toString('utf8'), password)
    : (bareCertificate(file) ?? (await readPfx(file, password)));
  const [key, another] = keys;
  if (certificates.length === 0)
    throw new ProblemError('certificateFileUnreadable', { detail: 'It holds no certificate.' });
  if (key === undefined) throw new ProblemError('certificateKeyMissing');
  if (another !== undefined) throw new ProblemError('certificateSeveral');
  const { asymmetricKeyType, asymmetricKeyDetails } = key;
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < smallestKeyBits)
    throw new ProblemError('certificateNotRsa');
  // The others are those that issued it.
  const own = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (own === undefined) throw new ProblemError('certificateKeyMissing', { detail: 'The key in it is another one.' });
  if (own.validToDate <= now)
    throw new ProblemError('certificateEnded', { detail: `It ended ${day(own.validToDate)}.` });
  if (own.validFromDate > now)
    throw new ProblemError('certificateNotYet', { detail: `It begins ${day(own.validFromDate)}.` });
  return {
    facts: certificateFacts(own.toString()),
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const day = (date: Date) => date.toISOString().slice(0, 10);

function readPem(text: string, password: string): FileContents {
  const found: FileContents = { certificates: [], keys: [] };
  for (const [block, label = ''] of text.matchAll(pemBlock)) {
    if (label === 'CERTIFICATE') found.certificates.push(readCertificate(block));
    else if (label.endsWith('PRIVATE KEY')) found.keys.push(readKey(block, password));
  }
  return found;
}

function readKey(block: string, password: string): KeyObject {
  const isLocked = block.includes('ENCRYPTED');
  if (isLocked && password === '') throw new ProblemError('certificatePasswordWrong');
  try {
    return createPrivateKey({ key: block, ...(isLocked ? { passphrase: password } : {}) });
  } catch {
    throw new ProblemError(isLocked ? 'certificatePasswordWrong' : 'certificateFileUnreadable');
  }
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new ProblemError('certificateFileUnreadable');
  }
}

/** A `.cer` file, which people take for the whole thing. */
function bareCertificate(file: Buffer): FileContents | null {
  try {
    return { certificates: [new X509Certificate(file)], keys: [] };
  } catch {
    return null;
  }
}
