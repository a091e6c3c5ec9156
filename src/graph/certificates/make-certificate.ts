import { randomBytes, webcrypto } from 'node:crypto';
import './reflect-metadata.ts';
import { type CertificateWithKey, certificateFacts } from './certificate.ts';

export interface NewCertificate {
  /** A common name, for the list in the portal. */
  name: string;
  validMonths: number;
  now: Date;
}

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
/** Clocks differ by minutes; a certificate of the future would be refused. */
const headStartMs = 15 * 60_000;

/** A key pair and a self-signed certificate for it: Entra trusts the certificate because somebody uploads it there. */
export async function makeCertificate({ name, validMonths, now }: NewCertificate): Promise<CertificateWithKey> {
  // Loaded here and not above: its dependencies look for the metadata functions while they load.
  const x509 = await import('@peculiar/x509');
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const notAfter = new Date(now);
  notAfter.setUTCMonth(notAfter.getUTCMonth() + validMonths);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: positiveSerial(),
      name: [{ CN: [commonName(name)] }],
      notBefore: new Date(now.getTime() - headStartMs),
      notAfter,
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    facts: certificateFacts(certificate.toString('pem')),
    privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${(key.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`,
  };
}

/** Signs that mean something in a distinguished name would end the name early. X.520 allows 64 characters. */
function commonName(name: string): string {
  return (
    name
      .replace(/[^\p{L}\p{N} ._-]+/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 64)
      .trim() || 'Quartermaster'
  );
}

/** X.509 wants a positive number of at most 20 bytes. */
function positiveSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
