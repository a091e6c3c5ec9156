import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField, textField, toggleField } from '../../cards/inputs.ts';
import { card, execute, header, openUrl, strip, text } from '../../cards/pieces.ts';
import type { CredentialChoice } from '../../connections/credential.ts';
import type { Cloud } from '../../graph/clouds.ts';
import { credentialInputs } from './credential-inputs.ts';
import { choiceWords } from './credential-words.ts';

export interface ConnectionFormValues {
  name?: string | undefined;
  cloud?: string | undefined;
  tenant?: string | undefined;
  authUrl?: string | undefined;
  clientId?: string | undefined;
  /** As the toggle sends it. */
  applicationPermissions?: string | undefined;
  secretExpires?: string | undefined;
  validMonths?: string | undefined;
  identity?: string | undefined;
  vaultEntry?: string | undefined;
}

/** What this service has itself, as far as the person may use it. */
export interface OwnCredentials {
  /** Names of managed identities that fit the choice. */
  identities: readonly string[];
  vaults: readonly string[];
}

export interface ConnectionFormCard {
  clouds: readonly Cloud[];
  /** Null where only the other values are changed. */
  choice: CredentialChoice | null;
  values?: ConnectionFormValues;
  faults?: Partial<Record<keyof ConnectionFormValues | 'secret' | 'credential' | 'form', string>>;
  own: OwnCredentials;
  /** Links into the portal of the chosen cloud. */
  links: { appRegistrations: string; secrets: string };
  /** Present when an existing connection is updated. */
  editing?: { id: string; revision: number; name: string };
}

const fieldCount = (count: number) => (count === 1 ? 'One field needs a change' : `${count} fields need a change`);

export function connectionFormCard({
  clouds,
  choice,
  values = {},
  faults = {},
  own,
  links,
  editing,
}: ConnectionFormCard): Card {
  const wrong = Object.keys(faults).length;
  const data = {
    ...(choice === null ? {} : { credential: choice }),
    ...(editing === undefined ? {} : { connection: editing.id, revision: editing.revision }),
  };
  return card(
    [
      header({
        title: editing === undefined ? 'Connect to Intune' : `Change ${editing.name}`,
        where:
          editing === undefined && choice !== null
            ? `Step 2 of 2: ${choiceWords[choice].title}`
            : 'The app registration behind this connection',
      }),
      wrong === 0 ? null : strip('attention', faults.form ?? faults.credential ?? fieldCount(wrong)),
      textField({
        id: 'name',
        label: 'Setting name',
        hint: 'How your team calls this connection, for example Contoso production.',
        placeholder: 'Contoso production',
        maxLength: 60,
        required: true,
        value: values.name,
        error: faults.name,
      }),
      choiceField({
        id: 'cloud',
        label: 'Cloud',
        hint: 'Most organisations use the global one.',
        required: true,
        value: values.cloud ?? clouds[0]?.id,
        choices: clouds.map((cloud) => ({ title: cloud.label, value: cloud.id })),
        error: faults.cloud,
      }),
      ...(choice === 'managedIdentity' ? [] : appFields({ values, faults, links })),
      ...(choice === null
        ? []
        : credentialInputs({ choice, values, faults, own, links, keeps: editing !== undefined })),
      toggleField({
        id: 'applicationPermissions',
        label: 'Permissions',
        title: 'Use application permissions',
        hint: 'The app works by itself, also when nobody is signed in: best for publishing in the background. Switched off, it works in the name of a person who signs in, and stops when that sign-in ends.',
        on: values.applicationPermissions !== 'false',
        error: faults.applicationPermissions,
      }),
      text(
        'It needs DeviceManagementApps.ReadWrite.All of Microsoft Graph, of the kind chosen above, and the consent of an administrator.',
        {
          subtle: true,
          small: true,
        },
      ),
    ],
    [
      execute(editing === undefined ? 'Connect' : 'Save', 'connection.save', data, {
        style: 'positive',
        takesInputs: true,
      }),
      // What the card was shown with: an action that takes its inputs would wait for the required ones.
      editing === undefined ? execute('Back', 'connection.form', { kept: typedOnly(values), chosen: choice }) : null,
      editing === undefined
        ? execute('Cancel', 'connection.cancel')
        : execute('Cancel', 'connection.show', { connection: editing.id }),
      openUrl('Open Entra', links.appRegistrations),
    ],
  );
}

const typedOnly = (values: ConnectionFormValues) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));

/** Tenant and application; a managed identity brings both. */
function appFields({
  values = {},
  faults = {},
  links,
}: Pick<ConnectionFormCard, 'values' | 'faults' | 'links'>): CardElement[] {
  return [
    textField({
      id: 'tenant',
      label: 'Directory (tenant) ID',
      hint: 'On the Overview page of the app registration. A domain such as contoso.com works too. This or the Auth URL is enough.',
      link: { title: 'App registrations', url: links.appRegistrations },
      placeholder: '00000000-0000-0000-0000-000000000000',
      maxLength: 255,
      value: values.tenant,
      error: faults.tenant,
    }),
    textField({
      id: 'authUrl',
      label: 'Auth URL (instead of the tenant ID)',
      hint: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token',
      maxLength: 500,
      value: values.authUrl,
      error: faults.authUrl,
    }),
    textField({
      id: 'clientId',
      label: 'Application (client) ID',
      hint: 'On the same Overview page. Not the object ID.',
      placeholder: '00000000-0000-0000-0000-000000000000',
      maxLength: 100,
      required: true,
      value: values.clientId,
      error: faults.clientId,
    }),
  ];
}
