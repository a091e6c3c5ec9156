import type { CertificateWithKey } from '../graph/certificates/certificate.ts';
import { makeCertificate } from '../graph/certificates/make-certificate.ts';
import type { Credential, NewCredential, PreparedCredential } from './credential.ts';

/** Makes what has to be made, before a transaction begins: a key pair takes a moment. */
export async function prepareCredential(
  asked: NewCredential,
  { name, now }: { name: string; now: Date },
): Promise<PreparedCredential> {
  switch (asked.choice) {
    case 'secret':
      return {
        credential: { kind: 'secret', source: 'typed' },
        plain: asked.secret,
        expiresAt: asked.expiresAt,
        expirySource: asked.expiresAt === null ? null : 'typed',
      };
    case 'madeCertificate': {
      const made = await makeCertificate({ name: `Quartermaster ${name}`, validMonths: asked.validMonths, now });
      return {
        credential: { kind: 'certificate', source: 'made', certificate: made.facts },
        plain: made.privateKeyPem,
        expiresAt: new Date(made.facts.notAfter),
        expirySource: 'certificate',
      };
    }
    case 'uploadedCertificate':
      return nothingStored({ kind: 'certificate', source: 'uploaded', certificate: null });
    case 'keyVaultSecret':
      return nothingStored({ kind: 'secret', source: 'keyVault', reference: asked.reference });
    case 'keyVaultCertificate':
      return nothingStored({ kind: 'certificate', source: 'keyVault', reference: asked.reference });
    case 'tokenFile':
      return nothingStored({ kind: 'federated', source: 'tokenFile' });
    case 'federatedIdentity':
      return nothingStored({ kind: 'federated', source: 'managedIdentity', identity: asked.identity });
    case 'managedIdentity':
      return nothingStored({ kind: 'managedIdentity', source: 'machine', identity: asked.identity });
  }
}

/** From the file that somebody uploaded. */
export const uploadedCredential = ({ facts, privateKeyPem }: CertificateWithKey): PreparedCredential => ({
  credential: { kind: 'certificate', source: 'uploaded', certificate: facts },
  plain: privateKeyPem,
  expiresAt: new Date(facts.notAfter),
  expirySource: 'certificate',
});

const nothingStored = (credential: Credential): PreparedCredential => ({
  credential,
  plain: null,
  expiresAt: null,
  expirySource: null,
});
