import type { Card } from '../../cards/card.ts';
import { card, execute, header, strip, text } from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import { bytes } from '../../cards/text.ts';
import type { Release } from '../../publishing/releases.ts';
import { askedBy, titleOf } from './package-summary.ts';

export function readingCard(release: Release): Card {
  return card(
    [
      header({
        title: release.origin.fileName,
        where: bytes(release.origin.size),
        badge: { text: 'Reading', tone: 'accent' },
      }),
      text('Reading the package. The form appears here in a moment.'),
      askedBy(release),
    ],
    [execute('Discard', 'publish.discard', { release: release.id, revision: release.revision })],
  );
}

export function refusedPackageCard(release: Release, supportContact: string): Card {
  return card(
    [
      header({ title: release.origin.fileName, badge: { text: 'Refused', tone: 'attention' } }),
      strip('attention', release.problem?.title ?? 'This package cannot be published'),
      ...(release.problem === null ? [] : problemBlock(release.problem, { supportContact })),
      askedBy(release),
    ],
    [execute('Publish another package', 'publish.start', { release: release.id })],
  );
}

export function discardedCard(release: Release): Card {
  return card(
    [
      header({ title: titleOf(release), badge: { text: 'Discarded', tone: 'default' } }),
      text('Nothing was sent to Intune.'),
      askedBy(release),
    ],
    [execute('Publish another package', 'publish.start', { release: release.id })],
  );
}
