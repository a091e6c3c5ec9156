import type { Card } from '../../cards/card.ts';
import { actions, card, container, execute, header, notes, openBeside, text } from '../../cards/pieces.ts';
import { plain, when } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { type EarlierPackage, whyNoWayBack } from '../../publishing/earlier-packages.ts';

const placeWords: Record<EarlierPackage['place'], string> = {
  here: 'package kept',
  host: 'package at the host it came from',
  gone: 'package no longer kept',
};

export interface EarlierCard {
  packages: readonly EarlierPackage[];
  appId: string;
  connection: StoredConnection;
  now: Date;
}

/** What was published in an app, and the way back to it. */
export function earlierCard({ packages, appId, connection, now }: EarlierCard): Card {
  const [latest] = packages;
  if (latest === undefined)
    return card(
      [
        header({ title: 'Earlier versions', where: connection.name }),
        text('Nothing was published in this app from here, so there is no package to go back to.'),
      ],
      [execute('Publish', 'publish.start', { connection: connection.id })],
    );
  const refusal = whyNoWayBack(latest.graphType);
  return card(
    [
      header({ title: latest.displayName, where: `${connection.name} · published from here, the latest first` }),
      refusal === null ? null : notes([refusal]),
      ...packages.map((entry) =>
        container(
          [
            text(`${entry.version}${entry.isLatest ? ' · published last' : ''}`, { bold: true }),
            text(
              `${plain(entry.fileName)} · ${plain(entry.requesterName)} · ${when(entry.publishedAt, now)} · ${placeWords[entry.place]}`,
              { markdown: true, small: true, subtle: true, spacing: 'None' },
            ),
            actions([
              entry.isLatest || entry.place === 'gone' || refusal !== null
                ? null
                : execute(`Go back to ${entry.version}`, 'job.again', { job: entry.jobId }),
              openBeside(`Open ${entry.jobNumber}`, 'job.show', { job: entry.jobId }),
            ]),
          ],
          { separator: true },
        ),
      ),
      text('Going back makes a plan first, which shows what would change. Nothing happens before you confirm it.', {
        subtle: true,
        small: true,
      }),
    ],
    [execute('Show the app', 'app.show', { connection: connection.id, app: appId })],
  );
}
