import type { Card } from '../../src/cards/card.ts';
import { choosePlacesCard, placesCard } from '../../src/dialogs/publish/place-cards.ts';
import { problem } from '../../src/problems/problem.ts';
import type { PlaceRow } from '../../src/publishing/places.ts';
import { cardFaults } from '../fakes/card-check.ts';
import { sampleConnection, sampleJob, samplePlan, sampleRelease } from '../fakes/samples.ts';

const release = sampleRelease({ state: 'planned', plan: samplePlan() });
const groupId = release.id;
const row = (change: Partial<PlaceRow> = {}): PlaceRow => ({
  connection: sampleConnection(),
  connectionId: sampleConnection().id,
  release,
  job: null,
  chosen: samplePlan(),
  problem: null,
  ...change,
});
const job = sampleJob();
const done = { state: 'done', step: 'done' } as const;

const cards: [string, () => Card][] = [
  ['choose places', () => choosePlacesCard({ release, connections: [sampleConnection({ name: 'Fabrikam' })] })],
  ['no more places', () => choosePlacesCard({ release, connections: [] })],
  [
    'choose places, none chosen',
    () => choosePlacesCard({ release, connections: [sampleConnection()], fault: 'Choose at least one connection' }),
  ],
  ['places planned', () => placesCard({ groupId, rows: [row(), row({ chosen: null })] })],
  [
    'places under way',
    () =>
      placesCard({
        groupId,
        rows: [
          row({ job, chosen: null }),
          row({ job: sampleJob({ ...done, outcome: 'published' }), chosen: null }),
          row({ job: sampleJob({ ...done, outcome: 'failed', problem: problem('commitFailed') }), chosen: null }),
          row({ chosen: null, problem: problem('intuneNotAvailable') }),
          row({ connection: null, chosen: null }),
        ],
      }),
  ],
  [
    'ten places',
    () =>
      placesCard({
        groupId,
        rows: Array.from({ length: 10 }, () =>
          row({ connection: sampleConnection({ name: 'A long name '.repeat(5) }) }),
        ),
      }),
  ],
];

describe.each(cards)('card: %s', (_name, make) => {
  it('is valid, labelled and small enough', () => {
    expect(cardFaults(make())).toEqual([]);
  });

  it('looks as reviewed', () => {
    expect(make()).toMatchSnapshot();
  });
});
