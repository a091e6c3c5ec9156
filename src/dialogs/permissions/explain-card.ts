import type { Card, CardElement } from '../../cards/card.ts';
import { card, execute, facts, header, openUrl, text } from '../../cards/pieces.ts';
import { sentence } from '../../cards/text.ts';
import { capabilities } from '../../permissions/capabilities.ts';
import type { CatalogEntry } from '../../permissions/catalog.ts';
import type { EntityRights } from '../../permissions/entity-rights.ts';
import type { Risk } from '../../permissions/graph-permission.ts';
import { type IntuneApiPermission, intuneApiAppId, misaUrl } from '../../permissions/intune-api-permissions.ts';

const risks: Record<Risk, string> = {
  low: 'Low: it looks at little that is sensitive',
  medium: 'Medium: it reaches devices or people',
  high: 'High: who has the credential can do harm with it',
};
const reference = 'https://learn.microsoft.com/graph/permissions-reference';
const intuneReference = 'https://learn.microsoft.com/intune/intune-service/developer/intune-graph-apis';

export function explainCard(permission: CatalogEntry | IntuneApiPermission): Card {
  return 'partners' in permission ? intuneApiRoleCard(permission) : graphPermissionCard(permission);
}

function graphPermissionCard(permission: CatalogEntry): Card {
  const { name, displayName, id, scopeId, enableAccess, entities, allows, risk } = permission;
  return card(
    [
      header({ title: name, where: displayName }),
      text(`An app that has it can ${allows}.`),
      ...rights(entities),
      text(use(name)),
      facts([
        ['Risk', risks[risk]],
        ['In Intune', enableAccess === null ? null : `Enable Access: ${enableAccess}`],
        ['Resource', 'Microsoft Graph'],
        ['Application', id],
        ['Delegated', scopeId ?? 'There may be one of the same name: see the reference'],
        ['Consent', 'As application permission always by an administrator'],
      ]),
      enableAccess === null
        ? null
        : text(
            'For Intune the delegated one takes an administrator’s consent too, and the signed-in person also needs an Intune role.',
            {
              subtle: true,
            },
          ),
    ],
    [
      openUrl('Microsoft’s reference', `${reference}#${name.toLowerCase().replaceAll('.', '')}`),
      enableAccess === null ? null : openUrl('Intune permission scopes', `${intuneReference}#intune-permission-scopes`),
      execute('Connections', 'connection.list', { page: 0 }),
    ],
  );
}

function intuneApiRoleCard({ name, displayName, allows, partners, id, scopeId, risk }: IntuneApiPermission): Card {
  return card(
    [
      header({ title: name, where: displayName }),
      text(`An app with it can ${allows}.`),
      text(
        partners === null
          ? 'It is for reports, not for publishing. This bot does not use it.'
          : `It is made for ${partners}. This bot does not use it. Partners who want to integrate with Intune begin with the Microsoft Intelligent Security Association (MISA).`,
      ),
      facts([
        ['Risk', risks[risk]],
        ['Resource', `Microsoft Intune API, ${intuneApiAppId}`],
        ['Application', id],
        ['Delegated', scopeId],
        ['Token', 'One of its own: a token for Microsoft Graph never has it'],
        ['Consent', 'By an administrator'],
      ]),
    ],
    [
      openUrl('Microsoft’s description', intuneReference),
      partners === null ? null : openUrl('MISA', misaUrl),
      execute('Connections', 'connection.list', { page: 0 }),
    ],
  );
}

function rights(entities: EntityRights | null): CardElement[] {
  if (entities === null) return [];
  const same = entities.changes.length > 0 && entities.changes.every((name) => entities.reads.includes(name));
  const onlyRead = same ? entities.reads.filter((name) => !entities.changes.includes(name)) : entities.reads;
  const shown = facts([
    ['Reads', onlyRead.join(', ')],
    [same ? 'Reads and changes' : 'Changes', entities.changes.join(', ')],
    ['Does to devices', entities.actions.join(', ')],
  ]);
  return shown === null ? [] : [shown];
}

function use(name: string): string {
  const used = capabilities.filter(({ accepts }) => accepts.includes(name)).map(({ label }) => label);
  if (used.length > 0) return `This bot uses it to ${used.join(' and to ')}.`;
  const narrower = capabilities.find(({ wider }) => wider.includes(name));
  return narrower === undefined
    ? 'This bot does not use it. An app that only publishes should not have it.'
    : `${sentence(narrower.accepts[0])} is enough for what this bot does: ${narrower.label}.`;
}
