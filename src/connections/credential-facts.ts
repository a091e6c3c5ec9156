import type { CertificateFacts } from '../graph/certificates/certificate.ts';
import type { Credential, CredentialChoice } from './credential.ts';

/** What has to be entered in Entra before it can work, and what is shown for that. */
export function beginsInEntra(credential: Credential): boolean {
  return credential.kind === 'federated' || certificateOf(credential) !== null;
}

/** What cannot be there yet: it began here. A certificate that somebody brings may stand in Entra since long ago. */
export function isNewToEntra(credential: Credential): boolean {
  return beginsInEntra(credential) && credential.source !== 'uploaded';
}

/** The public part of a certificate whose key is kept here. */
export function certificateOf(credential: Credential | null | undefined): CertificateFacts | null {
  return credential?.source === 'made' || credential?.source === 'uploaded' ? credential.certificate : null;
}

export function awaitsFile(credential: Credential): boolean {
  return credential.source === 'uploaded' && credential.certificate === null;
}

/** The choice that leads to such a credential. */
export function choiceOf(credential: Credential): CredentialChoice {
  switch (credential.source) {
    case 'typed':
      return 'secret';
    case 'made':
      return 'madeCertificate';
    case 'uploaded':
      return 'uploadedCertificate';
    case 'keyVault':
      return credential.kind === 'secret' ? 'keyVaultSecret' : 'keyVaultCertificate';
    case 'tokenFile':
      return 'tokenFile';
    case 'managedIdentity':
      return 'federatedIdentity';
    case 'machine':
      return 'managedIdentity';
  }
}

/** As Graph and the portals abbreviate a secret: enough to find it there, of no use to anybody else. */
const hintLength = 3;

/** A credential that is no longer used, described so that it can be found in Entra. */
export async function retired(
  credential: Credential,
  secretId: string | null,
  plain: (secretId: string) => Promise<string>,
): Promise<Credential> {
  if (credential.source !== 'typed' || secretId === null) return credential;
  return { ...credential, hint: (await plain(secretId)).slice(0, hintLength) };
}
