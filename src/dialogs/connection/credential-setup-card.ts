import type { Card, CardElement } from '../../cards/card.ts';
import { readOnlyField } from '../../cards/inputs.ts';
import { card, execute, facts, header, notes, openUrl, text } from '../../cards/pieces.ts';
import { exact } from '../../cards/text.ts';
import type { CredentialSetup } from '../../connections/credential-setup.ts';
import type { PortalLink } from '../../graph/portal-links.ts';

export interface CredentialSetupCard {
  connection: { id: string; name: string };
  setup: CredentialSetup;
  /** Certificates & secrets of the app. */
  portal: PortalLink;
  /** Where a certificate can be downloaded. */
  certificateUrl: string | null;
  /** The verb that tests it. */
  done: { title: string; verb: string };
}

/** What has to be entered in Entra for a credential that began here. */
export function credentialSetupCard(view: CredentialSetupCard): Card {
  const { connection, setup, portal, certificateUrl, done } = view;
  return card(
    [
      header({ title: `Set up ${connection.name} in Entra`, where: 'One step there, then it is tested' }),
      ...steps(view),
    ],
    [
      certificateUrl === null ? null : openUrl('Download certificate', certificateUrl),
      setup.kind === 'permission' ? null : openUrl(portal.title, portal.url),
      setup.kind === 'nothing'
        ? null
        : execute(done.title, done.verb, { connection: connection.id }, { style: 'positive' }),
      execute('Back', 'connection.show', { connection: connection.id }),
    ],
  );
}

function steps({ setup, portal, done }: CredentialSetupCard): (CardElement | null)[] {
  switch (setup.kind) {
    case 'nothing':
      return [text('This credential needs no further step in Entra.')];
    case 'certificate': {
      const { thumbprint, subject, notAfter } = setup.certificate;
      return [
        text('1. Download the certificate. It is the public part; the private key stays in this service.'),
        text(`2. Open ${portal.menuPath}, the tab Certificates, choose Upload certificate and take the file.`),
        text(`3. Compare the thumbprint there with the one below, then press ${done.title}.`),
        readOnlyField({ id: 'thumbprint', label: 'Thumbprint', value: thumbprint }),
        facts([
          ['Subject', subject],
          ['Good until', { markdown: exact(new Date(notAfter)) }],
        ]),
      ];
    }
    case 'federation':
      return [
        text(
          `1. Open ${portal.menuPath}, the tab Federated credentials, choose Add credential and the scenario ${setup.scenario}.`,
        ),
        text('2. Copy these three values exactly as they are; every letter and slash counts, upper case too.'),
        readOnlyField({ id: 'issuer', label: 'Issuer', value: setup.issuer }),
        readOnlyField({ id: 'subject', label: 'Subject identifier (Value)', value: setup.subject }),
        readOnlyField({ id: 'audience', label: 'Audience', value: setup.audience }),
        notes([
          'Entra accepts a wrong value without a word. It shows only when a token is asked for.',
          ...(setup.warning === null ? [] : [setup.warning]),
        ]),
        text(`3. Wait some minutes, then press ${done.title}.`),
      ];
    case 'permission':
      return [
        text(
          'A managed identity has no consent button in the portal. An administrator grants the permission by PowerShell:',
        ),
        readOnlyField({
          id: 'commands',
          label: 'Commands (Microsoft Entra PowerShell)',
          value: setup.commands,
          multiline: true,
        }),
        facts([['Object id of the identity', setup.objectId]]),
        text(
          'The person needs the role Privileged Role Administrator. The machine keeps tokens for about a day, so a permission that was granted now may take hours to count, and nothing can hurry it.',
          { subtle: true },
        ),
      ];
  }
}
