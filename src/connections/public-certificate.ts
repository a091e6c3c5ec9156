import type { StoredConnection } from './connection.ts';
import { certificateOf } from './credential-facts.ts';

/** The public part of a certificate whose key is kept here; the fingerprint keeps links to it from being guessed. */
export function publicCertificate({ credential, change }: StoredConnection, sha256: string): string | null {
  const found = [credential, change?.credential].map(certificateOf);
  return found.find((one) => one?.sha256 === sha256.toUpperCase())?.pem ?? null;
}
