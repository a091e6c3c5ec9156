import type { CertificateFacts } from '../graph/certificates/certificate.ts';
import type { KeyVaultReference } from '../graph/credentials/key-vault.ts';
import type { Problem } from '../problems/problem.ts';
import type { credentialChanges } from '../store/schema.ts';

/** Where the credential of a connection comes from, with its public part. Never the secret itself. */
export type Credential =
  | {
      kind: 'secret';
      source: 'typed';
      /** Its first characters, as Entra shows them; only for one that is no longer used. */
      hint?: string;
    }
  | { kind: 'certificate'; source: 'made'; certificate: CertificateFacts }
  /** Null until its file has come. */
  | { kind: 'certificate'; source: 'uploaded'; certificate: CertificateFacts | null }
  | { kind: 'secret' | 'certificate'; source: 'keyVault'; reference: KeyVaultReference }
  /** A token that another identity provider leaves in a file of this service. */
  | { kind: 'federated'; source: 'tokenFile' }
  /** A token of a managed identity, which the app trusts. Identities are known by their name in the configuration. */
  | { kind: 'federated'; source: 'managedIdentity'; identity: string }
  /** The managed identity itself is the app. */
  | { kind: 'managedIdentity'; source: 'machine'; identity: string };

/** What a person asks for: one entry of the first step of the form. */
export type NewCredential =
  | { choice: 'secret'; secret: string; expiresAt: Date | null }
  | { choice: 'madeCertificate'; validMonths: number }
  /** Its file comes by a page, after this. */
  | { choice: 'uploadedCertificate' }
  | { choice: 'keyVaultSecret' | 'keyVaultCertificate'; reference: KeyVaultReference }
  | { choice: 'tokenFile' }
  | { choice: 'federatedIdentity' | 'managedIdentity'; identity: string };

export type CredentialChoice = NewCredential['choice'];

export type ExpirySource = 'certificate' | 'graph' | 'keyVault' | 'typed';

/** A new credential on its way into the store. */
export interface PreparedCredential {
  credential: Credential;
  /** For the vault: a secret, or a private key as PEM. */
  plain: string | null;
  expiresAt: Date | null;
  expirySource: ExpirySource | null;
}

/** The credential that is to take the place of the present one. */
export type CredentialChange = Omit<
  typeof credentialChanges.$inferSelect,
  'credential' | 'before' | 'problem' | 'connectionId'
> & { credential: Credential; before: Credential | null; problem: Problem | null };

export const typedSecret: Credential = { kind: 'secret', source: 'typed' };
