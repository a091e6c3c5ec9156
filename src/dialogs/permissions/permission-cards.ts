import type { Card, CardElement } from '../../cards/card.ts';
import { card, container, execute, footer, header, openUrl, strip, table, text } from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import { exact } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { PermissionCheck } from '../../connections/permission-check.ts';

export interface PermissionCard {
  connection: StoredConnection;
  check: PermissionCheck;
  /** The API permissions page of the app. */
  apiPermissionsUrl: string | null;
  supportContact: string;
  now: Date;
}

export function permissionCard({ connection, check, apiPermissionsUrl, supportContact, now }: PermissionCard): Card {
  const { looked, test } = check;
  const known = looked.granted !== null;
  const canPublish = known && looked.missing.length === 0 && test.probe === 'answered';
  return card(
    [
      header({ title: `What ${connection.name} may do`, where: `tenant ${connection.tenantId}` }),
      strip(...verdict(check, canPublish)),
      ...(test.problem === null ? [] : problemBlock(test.problem, { supportContact })),
      known || test.probe === 'answered' ? capabilityTable(check) : null,
      ...missing(check),
      ...excess(check),
      ...granted(check),
      footer(`Read from a fresh token and a live request to Intune, ${exact(now)}`),
    ],
    [
      execute('Check again', 'permissions.show', { connection: connection.id }),
      apiPermissionsUrl === null ? null : openUrl('How to fix: API permissions', apiPermissionsUrl),
      execute('Back to the connection', 'connection.show', { connection: connection.id }),
    ],
  );
}

function verdict({ looked, test }: PermissionCheck, canPublish: boolean): ['good' | 'warning' | 'attention', string] {
  if (canPublish)
    return looked.excess.length === 0
      ? ['good', 'It may publish, and has nothing it does not need']
      : ['warning', 'It may publish, and may do more than it needs'];
  if (looked.missing.length > 0) return ['attention', 'It may not publish yet'];
  return test.problem === null ? ['warning', 'Not clear whether it may publish'] : ['attention', test.problem.title];
}

const availability = { yes: '✓ yes', no: '✗ no', unknown: '? not known' } as const;

function capabilityTable({ looked }: PermissionCheck): CardElement {
  return table(
    ['What', 'Now', 'Needs'],
    [3, 2, 4],
    looked.capabilities.map((capability) => [
      text(capability.label.replace(/^./, (c) => c.toUpperCase())),
      text(availability[capability.available], { tone: capability.available === 'yes' ? 'good' : 'default' }),
      text(capability.needs, { small: true, subtle: true }),
    ]),
  );
}

function missing({ looked }: PermissionCheck): CardElement[] {
  if (looked.missing.length === 0) return [];
  return [
    container([
      text('Missing for publishing', { bold: true }),
      ...looked.missing.map((permission) =>
        text(`${permission.name} (${permission.displayName}): this app could then ${permission.allows}.`),
      ),
      text(
        'Somebody who looks after the app registration adds it under API permissions as an application permission; a Global Administrator or Privileged Role Administrator then presses Grant admin consent.',
        { subtle: true },
      ),
    ]),
  ];
}

function excess({ looked }: PermissionCheck): CardElement[] {
  if (looked.excess.length === 0) return [];
  return [
    container([
      text('More than needed', { bold: true }),
      ...looked.excess.map((role) => text(`${role.name}: ${role.reason}`)),
      text('Publishing works the same without it. Take it away under API permissions.', { subtle: true }),
    ]),
  ];
}

function granted({ looked }: PermissionCheck): CardElement[] {
  if (looked.granted === null)
    return [
      text('The token could not be read, so what was granted is not known. What Intune answers counts.', {
        subtle: true,
      }),
    ];
  if (looked.granted.length === 0) return [text('No application permission was granted yet.')];
  return [text(`Granted: ${looked.granted.map((role) => role.name).join(', ')}`, { small: true, subtle: true })];
}
