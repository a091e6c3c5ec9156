import type { Card, CardAction } from '../../cards/card.ts';
import { card, execute, facts, header, openBeside, openUrl, strip, text } from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import { until, when } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { isOwnApp } from '../../connections/connection-facts.ts';
import type { PortalLink } from '../../graph/portal-links.ts';
import { credentialName } from './credential-words.ts';

export interface WatchCard {
  connection: StoredConnection;
  /** Certificates & secrets of the app. */
  portal: PortalLink | null;
  supportContact: string;
  /** Names of people who can mend it. */
  admins: readonly string[];
  now: Date;
}

/** Something that worked does not any more; nobody has to have asked. */
export function stoppedCard({ connection, portal, supportContact, admins, now }: WatchCard): Card {
  const { lastProblem: problem } = connection;
  const data = { connection: connection.id };
  const byCredential = problem?.fix === 'certificatesAndSecrets' && isOwnApp(connection);
  return card(
    [
      header({ title: `${connection.name} stopped working`, badge: { text: 'Error', tone: 'attention' } }),
      strip('attention', problem?.title ?? 'It does not work any more'),
      facts([['Since', { markdown: when(connection.statusSince, now) }]]),
      ...(problem === null ? [] : problemBlock(problem, { supportContact })),
      admins.length === 0 ? null : text(`Who can change the connection here: ${admins.join(', ')}.`),
    ],
    [
      byCredential ? execute('Enter a new credential', 'connection.rotate', data, { style: 'positive' }) : null,
      execute('Test connection', 'connection.test', data),
      openBeside('Open', 'connection.show', data),
      portal === null || !byCredential ? null : openUrl(portal.title, portal.url),
    ] satisfies (CardAction | null)[],
  );
}

export function worksAgainCard({ connection, now }: Pick<WatchCard, 'connection' | 'now'>): Card {
  return card(
    [
      header({ title: `${connection.name} works again`, badge: { text: 'Connected', tone: 'good' } }),
      text(`Found at the hourly check, ${when(connection.lastTestedAt ?? now, now)}.`, { markdown: true }),
    ],
    [openBeside('Open', 'connection.show', { connection: connection.id })],
  );
}

export function expiringCard({ connection, portal, admins, now }: WatchCard): Card {
  const { credentialExpiresAt: ends, credentialExpirySource: source } = connection;
  const says = {
    certificate: 'The certificate says so.',
    graph: 'Entra says so.',
    keyVault: 'Key Vault says so.',
    typed: 'Somebody entered that day.',
  };
  return card(
    [
      header({ title: `${connection.name} needs a new credential soon`, where: credentialName(connection.credential) }),
      strip('warning', `It ends ${ends === null ? 'soon' : ends.toISOString().slice(0, 10)}`),
      facts([['Ends', ends === null ? null : { markdown: until(ends, now) }]]),
      source === null ? null : text(says[source], { subtle: true, small: true }),
      text(
        connection.credential.source === 'keyVault' && connection.credential.reference.version === undefined
          ? 'Renew it in the vault under the same name: I read the newest one there, and nothing has to be done here.'
          : 'A new one can be put in its place without a gap: it is tested before the old one is given up.',
      ),
      admins.length === 0 ? null : text(`Who can do that here: ${admins.join(', ')}.`),
    ],
    [
      execute('Enter a new credential', 'connection.rotate', { connection: connection.id }, { style: 'positive' }),
      openBeside('Open', 'connection.show', { connection: connection.id }),
      portal === null ? null : openUrl(portal.title, portal.url),
    ],
  );
}
