import type { Card, CardElement } from '../../cards/card.ts';
import { card, execute, header, openUrl, text } from '../../cards/pieces.ts';
import { plain, sentence } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { type CapabilityId, capabilities } from '../../permissions/capabilities.ts';
import { permissionCatalog } from '../../permissions/catalog.ts';
import { leastPermissions, manifestOf } from '../../permissions/least-privilege.ts';

export interface ManifestCard {
  connection: StoredConnection;
  wanted: readonly CapabilityId[];
  apiPermissionsUrl: string | null;
}

/** The least that an app registration has to list for what is ticked, ready to be pasted. */
export function manifestCard({ connection, wanted, apiPermissionsUrl }: ManifestCard): Card {
  const kind = connection.permissionKind;
  const names = leastPermissions(wanted);
  const unknown = kind === 'delegated' ? names.filter((name) => permissionCatalog.get(name)?.scopeId == null) : [];
  return card(
    [
      header({ title: `Permissions that ${connection.name} should list`, where: `as ${kind} permissions` }),
      text('The least for what is ticked. Nothing else is needed.'),
      chooser(wanted),
      ...names.map((name) =>
        text(`**${plain(name)}**: ${plain(permissionCatalog.get(name)?.displayName ?? '')}`, { markdown: true }),
      ),
      unknown.length === 0
        ? null
        : text(`Not in the text below, because its delegated id is not known here: ${unknown.join(', ')}.`),
      {
        type: 'Input.Text',
        id: 'manifest',
        label: 'requiredResourceAccess, for the manifest of the app registration',
        isMultiline: true,
        value: JSON.stringify(manifestOf(names, kind), null, 2),
      },
      text(
        'In Entra: App registrations › the app › Manifest. Keep entries of other resources that you need. Saving is not consenting: an administrator presses Grant admin consent afterwards.',
        { subtle: true, small: true },
      ),
    ],
    [
      execute('Show for these', 'permissions.manifest', { connection: connection.id }, { takesInputs: true }),
      apiPermissionsUrl === null ? null : openUrl('API permissions', apiPermissionsUrl),
      execute('Back', 'permissions.show', { connection: connection.id }),
    ],
  );
}

function chooser(wanted: readonly CapabilityId[]): CardElement {
  return {
    type: 'Input.ChoiceSet',
    id: 'capabilities',
    label: 'What this connection is for',
    style: 'expanded',
    isMultiSelect: true,
    wrap: true,
    value: wanted.join(','),
    choices: capabilities.map(({ id, label }) => ({ title: sentence(label), value: id })),
  };
}
