import type { Card } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { card, execute, header, openUrl, strip, text } from '../../cards/pieces.ts';
import type { Cloud } from '../../graph/clouds.ts';

export interface ConnectionFormValues {
  name?: string | undefined;
  cloud?: string | undefined;
  tenant?: string | undefined;
  authUrl?: string | undefined;
  clientId?: string | undefined;
}

export interface ConnectionFormCard {
  clouds: readonly Cloud[];
  values?: ConnectionFormValues;
  faults?: Partial<Record<keyof ConnectionFormValues | 'secret' | 'form', string>>;
  /** Links into the portal of the chosen cloud. */
  links: { appRegistrations: string; secrets: string };
  /** Present when an existing connection is updated. */
  editing?: { id: string; revision: number; name: string };
}

const fieldCount = (count: number) => (count === 1 ? 'One field needs a change' : `${count} fields need a change`);

export function connectionFormCard({ clouds, values = {}, faults = {}, links, editing }: ConnectionFormCard): Card {
  const wrong = Object.keys(faults).length;
  const data = editing === undefined ? {} : { connection: editing.id, revision: editing.revision };
  return card(
    [
      header({
        title: editing === undefined ? 'Connect to Intune' : `Update ${editing.name}`,
        where: 'An app registration of your own, with application permissions and a client secret',
      }),
      wrong === 0 ? null : strip('attention', faults.form ?? fieldCount(wrong)),
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
      textField({
        id: 'secret',
        label: 'Client secret',
        hint:
          editing === undefined
            ? 'The Value of a client secret, not its ID. It is stored encrypted and never shown again.'
            : 'Leave it empty to keep the stored one. Otherwise the Value of a client secret, not its ID.',
        link: { title: 'Certificates & secrets', url: links.secrets },
        maxLength: 500,
        secret: true,
        required: editing === undefined,
        error: faults.secret,
      }),
      text(
        'The app needs the application permission DeviceManagementApps.ReadWrite.All of Microsoft Graph, with admin consent.',
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
      editing === undefined
        ? execute('Cancel', 'connection.cancel')
        : execute('Cancel', 'connection.show', { connection: editing.id }),
      openUrl('Open Entra', links.appRegistrations),
    ],
  );
}
