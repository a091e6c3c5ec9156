import type { Card } from '../../cards/card.ts';
import { card, execute, header, strip, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { CredentialChoice } from '../../connections/credential.ts';
import type { ConnectionFormCard } from './connection-form-card.ts';
import { credentialInputs } from './credential-inputs.ts';
import { choiceWords } from './credential-words.ts';

export interface RotationFormCard extends Pick<ConnectionFormCard, 'values' | 'faults' | 'own'> {
  connection: Pick<StoredConnection, 'id' | 'name'>;
  choice: CredentialChoice;
  /** What the connection signs in with now. */
  present: string;
  /** Certificates & secrets of the app. */
  secretsUrl: string | null;
}

/** Where something has to be done before it can be tested. */
const titles: Partial<Record<CredentialChoice, string>> = {
  madeCertificate: 'Make certificate',
  uploadedCertificate: 'Upload certificate',
  federatedIdentity: 'Save',
  tokenFile: 'Save',
};

/** What comes before the test. */
const inEntra = 'Create the new one in Entra and leave the old one there.';
const fromHere = 'Leave the old one in Entra; the next card says what to enter there for the new one.';
const begins: Partial<Record<CredentialChoice, string>> = {
  madeCertificate: fromHere,
  federatedIdentity: fromHere,
  tokenFile: fromHere,
  uploadedCertificate: 'Upload its public part under Certificates & secrets in Entra, and leave the old one there.',
  keyVaultCertificate: 'The public part of the certificate has to stand in Entra; leave the old credential there.',
};

export function rotationFormCard({
  connection,
  choice,
  present,
  secretsUrl,
  values = {},
  faults = {},
  own,
}: RotationFormCard): Card {
  const secrets = secretsUrl ?? 'https://entra.microsoft.com/';
  const [first] = Object.values(faults);
  return card(
    [
      header({
        title: `New credential for ${connection.name}`,
        where: `Now: ${present}. Next: ${choiceWords[choice].title}`,
      }),
      first === undefined ? null : strip('attention', first),
      text(`${begins[choice] ?? inEntra} I test the new one first; only when it works it takes the place of the old.`, {
        subtle: true,
      }),
      ...credentialInputs({ choice, values, faults, links: { appRegistrations: secrets, secrets }, own, keeps: false }),
    ],
    [
      execute(
        titles[choice] ?? 'Save and test',
        'connection.rotateNow',
        { connection: connection.id, credential: choice },
        { style: 'positive', takesInputs: true },
      ),
      execute('Back', 'connection.rotate', { connection: connection.id }),
      execute('Cancel', 'connection.show', { connection: connection.id }),
    ],
  );
}
