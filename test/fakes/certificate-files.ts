import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import type { CertificateWithKey } from '../../src/graph/certificates/certificate.ts';
import { makeCertificate } from '../../src/graph/certificates/make-certificate.ts';

/** An organisation's own certificate, with its key. */
export const ownCertificate = (name = 'Contoso PKI', validMonths = 6, now = new Date()): Promise<CertificateWithKey> =>
  makeCertificate({ name, validMonths, now });

export const pemFile = (...parts: string[]): Buffer => Buffer.from(parts.join('\n'));

export const keyAs = ({ privateKeyPem }: CertificateWithKey, type: 'pkcs1' | 'pkcs8', passphrase?: string): string =>
  createPrivateKey(privateKeyPem)
    .export({ type, format: 'pem', ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }) })
    .toString();

export interface PfxOptions {
  algorithm?: '3des' | 'aes256';
  /** Rounds that the file claims, whatever it was locked with. */
  claims?: number;
  withoutKey?: boolean;
  withoutSeal?: boolean;
}

export function pfxFile(
  { facts, privateKeyPem }: CertificateWithKey,
  password: string | null,
  { algorithm = 'aes256', claims, withoutKey = false, withoutSeal = false }: PfxOptions = {},
): Buffer {
  const key = withoutKey ? null : forge.pki.privateKeyFromPem(keyAs({ facts, privateKeyPem }, 'pkcs1'));
  const certificate = forge.pki.certificateFromPem(facts.pem);
  const pfx = forge.pkcs12.toPkcs12Asn1(key as forge.pki.rsa.PrivateKey, [certificate], password as string, {
    algorithm,
    useMac: !withoutSeal,
  });
  const [, , seal] = pfx.value as forge.asn1.Asn1[];
  const rounds = (seal?.value as forge.asn1.Asn1[] | undefined)?.[2];
  if (claims !== undefined && rounds !== undefined) rounds.value = forge.asn1.integerToDer(claims).getBytes();
  return Buffer.from(forge.asn1.toDer(pfx).getBytes(), 'binary');
}

export const otherKey = (kind: 'ec' | 'short'): string =>
  (kind === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 1024 })
  ).privateKey
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
