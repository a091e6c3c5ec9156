import { X509Certificate } from 'node:crypto';

/** What may be known of a certificate: its public part. */
export interface CertificateFacts {
  /** As the portals show it: SHA-1 in hexadecimal, upper case. */
  thumbprint: string;
  sha256: string;
  subject: string;
  notBefore: string;
  notAfter: string;
  /** The certificate itself, without its key. */
  pem: string;
}

/** A certificate with the key that belongs to it. */
export interface CertificateWithKey {
  facts: CertificateFacts;
  /** PKCS #8. */
  privateKeyPem: string;
}

export function certificateFacts(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem);
  return {
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    sha256: certificate.fingerprint256.replaceAll(':', ''),
    subject: certificate.subject.split('\n').join(', '),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    pem: certificate.toString(),
  };
}

/** What a `.cer` file holds. */
export function certificateDer(pem: string): Buffer {
  return new X509Certificate(pem).raw;
}
