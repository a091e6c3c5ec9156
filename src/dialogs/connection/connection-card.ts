import type { Card, CardAction } from '../../cards/card.ts';
import { pager } from '../../cards/pager.ts';
import {
  actions,
  card,
  container,
  execute,
  facts,
  header,
  openUrl,
  strip,
  type Tone,
  text,
} from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import { plain, when } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Cloud } from '../../graph/clouds.ts';
import type { Fix } from '../../problems/problem.ts';

export interface ConnectionCard {
  connection: StoredConnection;
  cloud: Cloud | undefined;
  /** Where each fix is done; absent ones are not offered. */
  portal(fix: Fix): { title: string; url: string } | null;
  supportContact: string;
  now: Date;
  /** A sentence that says what was just saved. */
  saved?: string;
  /** Things worth knowing that are no errors. */
  hint?: string;
}

const reasons: Record<string, string> = {
  draft: 'An administrator of the tenant has to agree once',
  consentAsked: 'Waiting for an administrator of the tenant to agree',
  propagating: 'Granted, waiting for Microsoft to pass it on (usually minutes)',
};

export interface StatusWords {
  badge: string;
  tone: Tone;
  sentence: string;
}

export function statusWords(connection: StoredConnection): StatusWords {
  if (connection.testingSince !== null && connection.status !== 'disabled')
    return { badge: 'Testing', tone: 'accent', sentence: 'Testing…' };
  switch (connection.status) {
    case 'connected':
      return { badge: 'Connected', tone: 'good', sentence: 'Connected' };
    case 'notFinished':
      return {
        badge: 'Not finished',
        tone: 'warning',
        sentence: `Not finished: ${reasons[connection.statusReason ?? 'draft'] ?? 'somebody still has to act'}`,
      };
    case 'disabled':
      return { badge: 'Disabled', tone: 'default', sentence: 'Switched off' };
    case 'error':
      return {
        badge: 'Error',
        tone: 'attention',
        sentence: `Error: ${connection.lastProblem?.title ?? 'it does not work'}`,
      };
  }
}

export function mayDo(connection: StoredConnection): string {
  const roles = connection.grantedRoles;
  if (roles === null) return 'Not known before the first successful test';
  if (roles.includes('DeviceManagementApps.ReadWrite.All')) return 'Publish apps';
  if (roles.includes('DeviceManagementApps.Read.All')) return 'Look at apps; publishing is missing';
  return 'Nothing in Intune yet';
}

export function connectionCard({ connection, cloud, portal, supportContact, now, saved, hint }: ConnectionCard): Card {
  const words = statusWords(connection);
  const problem = connection.lastProblem;
  const showProblem = problem !== null && connection.testingSince === null && connection.status !== 'connected';
  const ready = connection.status === 'connected';
  return card(
    [
      header({
        title: connection.name,
        where: cloud?.label ?? connection.cloud,
        badge: { text: words.badge, tone: words.tone },
      }),
      strip(words.tone, words.sentence),
      saved === undefined ? null : text(saved),
      ...(showProblem ? problemBlock(problem, { supportContact, fixes: fixes(connection, portal) }) : []),
      hint === undefined ? null : text(hint, { subtle: true }),
      facts([
        [
          'Since',
          connection.status === 'error' && connection.testingSince === null
            ? { markdown: when(connection.statusSince, now) }
            : null,
        ],
        ['It may', mayDo(connection)],
        ['Tenant', connection.tenantId],
        ['Application', connection.clientId],
        ['Connection mode', connection.mode === 'custom' ? 'Custom (own app registration)' : 'Managed'],
        [
          'Permissions',
          connection.permissionKind === 'application' ? 'Application permissions' : 'Delegated permissions',
        ],
        ['Credential', credentialNames[connection.credentialKind]],
        ['Connected by', connection.connectedByName],
        ['Connected at', connection.connectedAt === null ? null : { markdown: when(connection.connectedAt, now) }],
        [
          'Last tested',
          connection.lastTestedAt === null ? 'Not yet' : { markdown: when(connection.lastTestedAt, now) },
        ],
      ]),
    ],
    [
      ready ? execute('Publish', 'publish.start') : null,
      execute('Test connection', 'connection.test', { connection: connection.id }),
      execute('Check permissions', 'permissions.show', { connection: connection.id }),
      execute('Update connection', 'connection.edit', { connection: connection.id }),
    ],
  );
}

const credentialNames = {
  secret: 'Client secret',
  certificate: 'Certificate',
  federated: 'Federated credential',
  managedIdentity: 'Managed identity',
} as const;

function fixes(connection: StoredConnection, portal: ConnectionCard['portal']): (CardAction | null)[] {
  const fix = connection.lastProblem?.fix;
  if (fix === undefined) return [];
  if (fix === 'editConnection')
    return [execute('Fix: change the values', 'connection.edit', { connection: connection.id })];
  if (fix === 'retry') return [execute('Try again', 'connection.test', { connection: connection.id })];
  const place = portal(fix);
  const edit = execute('Enter new values', 'connection.edit', { connection: connection.id });
  return [
    place === null ? null : openUrl(`Fix: ${place.title}`, place.url),
    fix === 'certificatesAndSecrets' ? edit : null,
  ];
}

const pageSize = 8;

export function connectionsCard(list: readonly StoredConnection[], page: number, now: Date): Card {
  if (list.length === 0)
    return card(
      [
        header({ title: 'No connections yet' }),
        text('A connection is a named way into one tenant’s Intune. It takes an app registration and two minutes.'),
      ],
      [execute('Connect to Intune', 'connection.form')],
    );
  const pages = Math.ceil(list.length / pageSize);
  const current = Math.min(Math.max(page, 0), pages - 1);
  const shown = list.slice(current * pageSize, (current + 1) * pageSize);
  return card(
    [
      header({ title: 'Connections', where: list.length === 1 ? 'One in this place' : `${list.length} in this place` }),
      ...shown.map((connection) => row(connection, now)),
      ...pager({ verb: 'connection.list', page: current, pages, back: 'Previous', forth: 'Next' }),
    ],
    [execute('Connect another', 'connection.form')],
  );
}

function row(connection: StoredConnection, now: Date) {
  const words = statusWords(connection);
  return container(
    [
      {
        type: 'ColumnSet',
        columns: [
          {
            type: 'Column',
            width: 'stretch',
            items: [
              text(connection.name, { bold: true }),
              text(`${connection.tenantId} · ${credentialNames[connection.credentialKind]}`, {
                subtle: true,
                small: true,
                spacing: 'None',
              }),
              text(
                connection.lastTestedAt === null
                  ? 'Not tested yet'
                  : `${plain(words.sentence)} · tested ${when(connection.lastTestedAt, now)}`,
                { small: true, subtle: true, markdown: true, spacing: 'None' },
              ),
            ],
          },
          { type: 'Column', width: 'auto', items: [text(words.badge, { tone: words.tone, bold: true })] },
        ],
      },
      actions([execute('Open', 'connection.show', { connection: connection.id })]),
    ],
    { separator: true },
  );
}
