import type { Card, CardAction, CardElement } from '../../cards/card.ts';
import { pager } from '../../cards/pager.ts';
import {
  actions,
  card,
  container,
  execute,
  facts,
  header,
  openBeside,
  openUrl,
  strip,
  type Tone,
  text,
} from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import { plain, until, when } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { isOwnApp, mayBeLent } from '../../connections/connection-facts.ts';
import { awaitsFile, beginsInEntra, certificateOf } from '../../connections/credential-facts.ts';
import type { Cloud } from '../../graph/clouds.ts';
import type { Fix } from '../../problems/problem.ts';
import { credentialName, modeName } from './credential-words.ts';
import { rotationBlock } from './rotation-block.ts';

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
  credentialSetup: 'The credential has to be entered in Entra',
  proofNeeded: 'Somebody who administers the tenant has to stand up for it',
  draft: 'An administrator of the tenant has to agree once',
  consentAsked: 'Waiting for an administrator of the tenant to agree',
  signIn: 'Somebody has to sign in once',
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
        sentence: `Not finished: ${awaitsFile(connection.credential) ? 'Your certificate has to be uploaded' : (reasons[connection.statusReason ?? 'draft'] ?? 'somebody still has to act')}`,
      };
    case 'disabled':
      return { badge: 'Disabled', tone: 'default', sentence: 'Disabled' };
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
  const waitsForSetup =
    connection.lent === undefined && connection.statusReason === 'credentialSetup' && connection.testingSince === null;
  const showProblem =
    problem !== null && connection.testingSince === null && connection.status !== 'connected' && !waitsForSetup;
  return card(
    [
      header({
        title: connection.name,
        where: [cloud?.label ?? connection.cloud, rootTag(connection)].filter((part) => part !== null).join(' · '),
        badge: { text: words.badge, tone: words.tone },
      }),
      strip(words.tone, words.sentence),
      saved === undefined ? null : text(saved),
      ...(showProblem
        ? problemBlock(problem, {
            supportContact,
            fixes: connection.lent === undefined ? fixes(connection, portal) : [],
          })
        : []),
      waitsForSetup
        ? text(
            awaitsFile(connection.credential)
              ? 'Upload certificate gives you a link to a page that takes the file. The test follows by itself.'
              : 'Set up in Entra shows what to do there. When it is done, press Test connection; Entra may need a minute.',
          )
        : null,
      hint === undefined ? null : text(hint, { subtle: true }),
      ...(connection.lent === undefined
        ? rotationBlock({ connection, portal: portal('certificatesAndSecrets'), supportContact })
        : []),
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
        ['Connection mode', `${modeName(connection)}${isOwnApp(connection) ? ' (own app registration)' : ''}`],
        [
          'Permissions',
          connection.permissionKind === 'application' ? 'Application permissions' : 'Delegated permissions',
        ],
        [
          'Credential',
          connection.mode === 'managed' ? 'Of this bot’s operator' : credentialName(connection.credential),
        ],
        ['Thumbprint', thumbprint(connection)],
        [
          'Expires',
          connection.credentialExpiresAt === null ? null : { markdown: until(connection.credentialExpiresAt, now) },
        ],
        ['Connected by', connection.connectedByName],
        ['Connected at', connection.connectedAt === null ? null : { markdown: when(connection.connectedAt, now) }],
        [
          'Last tested',
          connection.lastTestedAt === null ? 'Not yet' : { markdown: when(connection.lastTestedAt, now) },
        ],
      ]),
      uses(connection),
    ],
    connection.lent === undefined ? ownActions(connection) : lentActions(connection),
  );
}

/** In groups: a line of a card that has no gap is cut off on a phone. */
const thumbprint = ({ credential }: StoredConnection): string | null =>
  certificateOf(credential)
    ?.thumbprint.match(/.{1,8}/g)
    ?.join(' ') ?? null;

function ownActions(connection: StoredConnection): (CardAction | null)[] {
  const ready = connection.status === 'connected';
  return [
    ready ? execute('Publish', 'publish.start', { connection: connection.id }) : null,
    signInButton(connection),
    !ready &&
    connection.mode === 'custom' &&
    (beginsInEntra(connection.credential) || connection.credential.source === 'machine')
      ? execute('Set up in Entra', 'connection.setup', { connection: connection.id }, { style: 'positive' })
      : null,
    !ready && awaitsFile(connection.credential)
      ? execute('Upload certificate', 'connection.upload', { connection: connection.id }, { style: 'positive' })
      : null,
    consentButton(connection),
    connection.status === 'disabled'
      ? null
      : execute('Test connection', 'connection.test', { connection: connection.id }),
    connection.status === 'disabled'
      ? execute('Enable', 'connection.enable', { connection: connection.id })
      : execute('Check permissions', 'permissions.show', { connection: connection.id }),
    execute('More…', 'connection.more', { connection: connection.id }),
  ];
}

/** Where a working connection leads, besides publishing. */
function uses({ id, status, permissionKind, lent }: StoredConnection): CardElement | null {
  if (status !== 'connected') return null;
  return actions([
    openBeside('Apps', 'apps.list', { connection: id }),
    lent === undefined && permissionKind === 'application'
      ? execute('New assignment template', 'assignment.new', { connection: id })
      : null,
  ]);
}

/** What stays with the place that lent it is not offered. */
function lentActions({ id, status }: StoredConnection): (CardAction | null)[] {
  return [
    status === 'connected' ? execute('Publish', 'publish.start', { connection: id }) : null,
    status === 'disabled' ? null : execute('Test connection', 'connection.test', { connection: id }),
    execute('Check permissions', 'permissions.show', { connection: id }),
    execute('Name it here', 'share.alias.form', { lent: id }),
  ];
}

/** A connection that works in a person's name. */
function signInButton({ id, permissionKind, status, statusReason, lastProblem }: StoredConnection): CardAction | null {
  if (permissionKind === 'application' || status === 'disabled' || statusReason === 'proofNeeded') return null;
  const isWanted = lastProblem?.code === 'signInNeeded' || lastProblem?.code === 'signInLapsed';
  return isWanted || status === 'notFinished'
    ? execute('Sign in', 'signin.ask', { connection: id }, { style: 'positive' })
    : execute('Signed-in person', 'signin.state', { connection: id });
}

/** Once somebody was asked, the request itself. */
function consentButton(connection: StoredConnection): CardAction | null {
  const { id, status, statusReason, lastProblem } = connection;
  if (lastProblem?.code === 'tenantNotProven' && status !== 'disabled')
    return execute('Prove the tenant', 'managed.prove', { connection: id }, { style: 'positive' });
  const asked = statusReason === 'consentAsked' || (status === 'notFinished' && statusReason === 'propagating');
  if (asked) return execute('Consent request', 'consent.show', { connection: id });
  const lacking =
    statusReason === 'draft' || lastProblem?.code === 'notConsented' || lastProblem?.code === 'managedNotConsented';
  return lacking && status !== 'connected' && status !== 'disabled' && connection.testingSince === null
    ? execute('Request consent', 'consent.form', { connection: id })
    : null;
}

/** Marks what another place lent. */
const rootTag = ({ lent }: StoredConnection): string | null =>
  lent === undefined ? null : `Root: shared by ${lent.workspaceName ?? 'another place'}`;

function fixes(connection: StoredConnection, portal: ConnectionCard['portal']): (CardAction | null)[] {
  const fix = connection.lastProblem?.fix;
  if (fix === undefined) return [];
  if (fix === 'editConnection' && !isOwnApp(connection)) return [];
  if (fix === 'editConnection')
    return [execute('Fix: change the values', 'connection.edit', { connection: connection.id })];
  if (fix === 'retry') return [execute('Try again', 'connection.test', { connection: connection.id })];
  const place = portal(fix);
  const renew = execute('Enter a new credential', 'connection.rotate', { connection: connection.id });
  return [
    place === null ? null : openUrl(`Fix: ${place.title}`, place.url),
    fix === 'certificatesAndSecrets' && isOwnApp(connection) ? renew : null,
  ];
}

const pageSize = 5;

/** Headings of the list, the strongest kind first. */
const groups: Record<StoredConnection['credentialKind'], string> = {
  managedIdentity: 'With a managed identity',
  federated: 'With a federated credential',
  certificate: 'With a certificate',
  secret: 'With a client secret',
};
const strength = ({ credentialKind }: StoredConnection) => Object.keys(groups).indexOf(credentialKind);

export interface ConnectionsCard {
  list: readonly StoredConnection[];
  page: number;
  now: Date;
  /** Not in a person's own chat, which has nothing to lend. */
  mayShare: boolean;
}

export function connectionsCard({ list, page, now, mayShare }: ConnectionsCard): Card {
  if (list.length === 0)
    return card(
      [
        header({ title: 'No connections yet' }),
        text(
          'A connection is a named way into one tenant’s Intune. Making one takes some minutes: the first step shows which ways there are.',
        ),
      ],
      [execute('Connect to Intune', 'connection.form')],
    );
  const pages = Math.ceil(list.length / pageSize);
  const current = Math.min(Math.max(page, 0), pages - 1);
  const sorted = list.toSorted((one, other) => strength(one) - strength(other));
  const shown = sorted.slice(current * pageSize, (current + 1) * pageSize);
  return card(
    [
      header({ title: 'Connections', where: list.length === 1 ? 'One in this place' : `${list.length} in this place` }),
      ...shown.flatMap((connection, index) => {
        const isFirst = index === 0 || strength(connection) !== strength(shown[index - 1] ?? connection);
        const heading = text(groups[connection.credentialKind], { subtle: true, bold: true, spacing: 'Large' });
        const one = row(connection, now, mayShare);
        return isFirst ? [heading, one] : [one];
      }),
      ...pager({ verb: 'connection.list', page: current, pages, back: 'Previous', forth: 'Next' }),
    ],
    [execute('Connect another', 'connection.form')],
  );
}

function row(connection: StoredConnection, now: Date, mayShare: boolean) {
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
              connection.lent === undefined
                ? null
                : text(rootTag(connection) ?? '', { tone: 'accent', small: true, bold: true, spacing: 'None' }),
              text(`${connection.tenantId} · ${credentialName(connection.credential)}`, {
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
            ].filter((item) => item !== null),
          },
          { type: 'Column', width: 'auto', items: [text(words.badge, { tone: words.tone, bold: true })] },
        ],
      },
      actions([
        openBeside('Open', 'connection.show', { connection: connection.id }),
        ...(connection.lent === undefined
          ? [
              ...(mayShare && mayBeLent(connection)
                ? [execute('Share', 'share.show', { connection: connection.id })]
                : []),
              ...(connection.status === 'disabled'
                ? []
                : [execute('Update', 'connection.refresh', { connection: connection.id })]),
              execute('Delete', 'connection.delete', { connection: connection.id }),
            ]
          : []),
      ]),
    ],
    { separator: true },
  );
}
