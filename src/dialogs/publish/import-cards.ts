import type { Card } from '../../cards/card.ts';
import { card, execute, footer, header, progress, strip, text } from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import { bytes, plain } from '../../cards/text.ts';
import type { ImportView } from '../../publishing/link-import.ts';

export interface ImportCard {
  view: ImportView;
  supportContact: string;
}

/** A package that is being copied from a link; its draft comes as a card of its own. */
export function importCard({ view, supportContact }: ImportCard): Card {
  const { subject } = view;
  const badge = badges[view.state];
  const another = execute('Publish another package', 'publish.start', { workspace: subject.workspaceId });
  const isOpen = view.state === 'waiting' || view.state === 'copying';
  // In a person’s own chat nothing else tells the place that it was asked for.
  const press = { import: view.id, workspace: subject.workspaceId };
  return card(
    [
      header({ title: subject.fileName, where: subject.host, badge }),
      ...(isOpen ? moving(view) : []),
      view.state === 'imported' ? text('The package is here. Its draft is on a card of its own.') : null,
      view.state === 'ended' ? text('It has ended. Press Refresh to see how.') : null,
      view.state === 'cancelled' ? text('Nothing was published, and nothing of the package is kept.') : null,
      ...(view.problem === null
        ? []
        : [strip('attention', view.problem.title), ...problemBlock(view.problem, { supportContact })]),
      footer(`Asked by ${plain(subject.requester.name)}`),
    ],
    [
      isOpen ? execute('Cancel', 'import.cancel', press) : null,
      isOpen || view.state === 'ended' ? execute('Refresh', 'import.show', press) : null,
      view.state === 'failed' || view.state === 'cancelled' ? another : null,
    ],
  );
}

const badges = {
  waiting: { text: 'Waiting', tone: 'accent' },
  copying: { text: 'Fetching', tone: 'accent' },
  imported: { text: 'Fetched', tone: 'good' },
  failed: { text: 'Not fetched', tone: 'attention' },
  cancelled: { text: 'Cancelled', tone: 'default' },
  ended: { text: 'Ended', tone: 'default' },
} as const;

function moving({ state, receivedBytes, totalBytes }: ImportView) {
  const done =
    receivedBytes === 0
      ? 'No bytes yet'
      : totalBytes === null
        ? `${bytes(receivedBytes)} so far; the host does not say how many there are`
        : `${bytes(receivedBytes)} of ${bytes(totalBytes)}`;
  return [
    text(state === 'waiting' ? 'Waiting to be fetched' : 'Fetching the package', { bold: true }),
    ...(totalBytes === null || totalBytes === 0 ? [] : [progress((100 * receivedBytes) / totalBytes)]),
    ...(state === 'waiting' ? [] : [text(done, { subtle: true })]),
    text('The draft comes here by itself when the package has been read.', { subtle: true }),
  ];
}
