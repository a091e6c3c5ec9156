import type { StoredConnection } from '../../connections/connection.ts';
import type { Credential, CredentialChoice } from '../../connections/credential.ts';

/** What a credential is called where a connection is shown. */
export function credentialName(credential: Credential): string {
  switch (credential.source) {
    case 'typed':
      return 'Client secret';
    case 'made':
      return 'Certificate, made here';
    case 'uploaded':
      return 'Certificate, uploaded';
    case 'keyVault':
      return `${credential.kind === 'secret' ? 'Client secret' : 'Certificate'} in Key Vault (${credential.reference.name})`;
    case 'tokenFile':
      return 'Federated credential, token file';
    case 'managedIdentity':
      return `Federated credential, managed identity ${credential.identity}`;
    case 'machine':
      return `Managed identity ${credential.identity}`;
  }
}

/** Whose app a connection uses. */
export function modeName({ mode, credential }: Pick<StoredConnection, 'mode' | 'credential'>): string {
  if (mode === 'managed') return 'Managed';
  return credential.source === 'machine' ? 'Managed identity' : 'Custom';
}

interface ChoiceWords {
  title: string;
  /** When it is the right one, in one sentence. */
  when: string;
}

/** Strongest first. */
export const choiceWords: Record<CredentialChoice, ChoiceWords> = {
  managedIdentity: {
    title: 'Managed identity',
    when: 'for the tenant this service runs in: no secret and no app registration, the identity itself gets the permission',
  },
  federatedIdentity: {
    title: 'Managed identity as federated credential',
    when: 'for an app registration that trusts this service: no secret anywhere, and nothing that expires',
  },
  tokenFile: {
    title: 'Federated credential from a token file',
    when: 'for a service that runs in a cluster or a pipeline with its own identity provider: no secret anywhere',
  },
  madeCertificate: {
    title: 'Certificate made by me',
    when: 'for production: I make the key pair, keep the private key, and you upload the public part to Entra',
  },
  keyVaultCertificate: {
    title: 'Certificate in Key Vault',
    when: 'for certificates that your organisation issues and renews in a vault; I read it there each time',
  },
  uploadedCertificate: {
    title: 'Certificate of your own',
    when: 'for production, where your organisation issues it: you upload it with its private key on a page, never in the chat',
  },
  keyVaultSecret: {
    title: 'Client secret in Key Vault',
    when: 'for secrets that are kept and renewed in a vault; I read it there each time',
  },
  secret: {
    title: 'Client secret',
    when: 'for trying out and development: quick to make, but whoever reads it can use it, so keep its life short',
  },
};

export const choicesByStrength = Object.keys(choiceWords) as CredentialChoice[];

export function isCredentialChoice(text: unknown): text is CredentialChoice {
  return typeof text === 'string' && Object.hasOwn(choiceWords, text);
}
