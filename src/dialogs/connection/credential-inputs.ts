import type { CardElement } from '../../cards/card.ts';
import { choiceField, dateField, textField } from '../../cards/inputs.ts';
import { text } from '../../cards/pieces.ts';
import type { CredentialChoice } from '../../connections/credential.ts';
import type { ConnectionFormCard } from './connection-form-card.ts';

type Asked = Pick<ConnectionFormCard, 'values' | 'faults' | 'links' | 'own'> & {
  choice: CredentialChoice;
  /** An empty field keeps what is there. */
  keeps: boolean;
};

/** The part of a form that belongs to one kind of credential. */
export function credentialInputs({ choice, values = {}, faults = {}, links, own, keeps }: Asked): CardElement[] {
  switch (choice) {
    case 'secret':
      return [
        textField({
          id: 'secret',
          label: 'Client secret',
          hint: keeps
            ? 'Leave it empty to keep the stored one. Otherwise the Value of a client secret, not its ID.'
            : 'The Value of a client secret, not its ID. It is stored encrypted and never shown again.',
          link: { title: 'Certificates & secrets', url: links.secrets },
          maxLength: 500,
          secret: true,
          required: !keeps,
          error: faults.secret,
        }),
        dateField({
          id: 'secretExpires',
          label: 'Day the secret expires',
          hint: 'As Entra shows it beside the secret. I warn you in time; leave it empty if you do not know.',
          value: values.secretExpires,
          error: faults.secretExpires,
        }),
      ];
    case 'madeCertificate':
      return [
        choiceField({
          id: 'validMonths',
          label: 'The certificate is good for',
          hint: 'I warn you 30 days before it ends. A shorter life is safer.',
          value: values.validMonths ?? '12',
          choices: [
            { title: '6 months', value: '6' },
            { title: '12 months', value: '12' },
            { title: '24 months', value: '24' },
          ],
          error: faults.validMonths,
        }),
        text('After saving you get the certificate to upload to Entra. Its private key never leaves this service.', {
          subtle: true,
          small: true,
        }),
      ];
    case 'uploadedCertificate':
      return [
        text(
          'Next you get a link to a page that takes the certificate with its private key, as PEM or PFX. Nothing of it comes into the chat.',
          { subtle: true, small: true },
        ),
      ];
    case 'managedIdentity':
    case 'federatedIdentity':
      return [
        choiceField({
          id: 'identity',
          label: 'Managed identity',
          hint: 'The operator of this service named them.',
          required: true,
          value: values.identity ?? own.identities[0],
          choices: own.identities.map((name) => ({ title: name, value: name })),
          error: faults.identity,
        }),
        text(
          choice === 'managedIdentity'
            ? 'Tenant and application are those of the identity. After saving I show how it gets its permission.'
            : 'After saving you get issuer, subject and audience to enter in the app registration.',
          { subtle: true, small: true },
        ),
      ];
    case 'tokenFile':
      return [
        text('After saving you get issuer, subject and audience to enter in the app registration.', {
          subtle: true,
          small: true,
        }),
      ];
    case 'keyVaultSecret':
    case 'keyVaultCertificate':
      return [
        textField({
          id: 'vaultEntry',
          label: 'Identifier in Key Vault',
          hint: `As the vault shows it, for example ${own.vaults[0] ?? 'https://name.vault.azure.net'}/${choice === 'keyVaultSecret' ? 'secrets' : 'certificates'}/intune. Without a version the newest one counts.`,
          maxLength: 400,
          required: true,
          value: values.vaultEntry,
          error: faults.vaultEntry,
        }),
      ];
  }
}
