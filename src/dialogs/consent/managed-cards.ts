import type { Card } from '../../cards/card.ts';
import { textField } from '../../cards/inputs.ts';
import { card, execute, facts, header, openUrl, strip, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';

export interface ManagedForm {
  app: { id: string; name: string; clientId: string; permissions: 'application' | 'delegated' };
  values?: { name?: string | undefined; tenant?: string | undefined };
  faults?: { name?: string; tenant?: string };
}

export function managedForm({ app, values = {}, faults = {} }: ManagedForm): Card {
  return card(
    [
      header({ title: 'Connect to Intune', where: `With ${app.name}, an app of this bot’s operator` }),
      Object.keys(faults).length === 0 ? null : strip('attention', 'One field needs a change'),
      text(
        app.permissions === 'application'
          ? 'No app registration and no secret of your own. Two things follow: an administrator proves the tenant, and the tenant agrees to the app once.'
          : 'No app registration and no secret of your own. Two things follow: an administrator proves the tenant, and one of you signs in: the app works in that person’s name.',
      ),
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
      textField({
        id: 'tenant',
        label: 'Directory (tenant) ID',
        hint: 'On the Overview page of Microsoft Entra. A domain such as contoso.com works too.',
        placeholder: '00000000-0000-0000-0000-000000000000',
        maxLength: 255,
        required: true,
        value: values.tenant,
        error: faults.tenant,
      }),
    ],
    [
      execute('Connect', 'managed.save', { app: app.id }, { style: 'positive', takesInputs: true }),
      execute('Back', 'connection.form'),
      execute('Cancel', 'connection.cancel'),
    ],
  );
}

export interface ProveCard {
  connection: StoredConnection;
  app: { name: string };
  url: string;
  code: string;
  /** The presser is a configured administrator of that very tenant. */
  mayVouch: boolean;
}

/** For the presser alone: the link and the code that opens it. */
export function proveCard({ connection, app, url, code, mayVouch }: ProveCard): Card {
  return card(
    [
      header({ title: `Prove the tenant of ${connection.name}`, where: `Tenant ${connection.tenantId}` }),
      strip('accent', `Your code: ${code.slice(0, 3)} ${code.slice(3)}`),
      text(
        `${app.name} gets into every tenant that agreed to it, so knowing a tenant’s id must not be enough. Somebody who administers this tenant signs in once: a Global Administrator, Privileged Role Administrator or Intune Administrator.`,
      ),
      text(
        'Open the page and enter the code. It may be somebody else: send the link, and tell the code on another way. Both work once, for 15 minutes.',
      ),
      facts([['Application', connection.clientId]]),
    ],
    [
      openUrl('Open the page', url),
      mayVouch
        ? execute('I vouch for my own tenant', 'managed.vouch', {
            connection: connection.id,
            revision: connection.revision,
          })
        : null,
      execute('Back', 'connection.show', { connection: connection.id }),
    ],
  );
}
