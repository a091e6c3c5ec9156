import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField } from '../../cards/inputs.ts';
import {
  actions,
  card,
  container,
  execute,
  footer,
  header,
  notes,
  strip,
  type Tone,
  text,
} from '../../cards/pieces.ts';
import { plain } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Problem } from '../../problems/problem.ts';
import type { PlaceRow, Places } from '../../publishing/places.ts';
import type { PublishPlan } from '../../publishing/plan.ts';
import type { Release } from '../../publishing/releases.ts';
import { jobTitle } from './job-cards.ts';

export interface ChoosePlacesCard {
  release: Release;
  /** Where it does not go yet. */
  connections: readonly StoredConnection[];
  fault?: string;
}

/** What fits on one card; more go in a second round. */
export const mostPlaces = 10;

export function choosePlacesCard({ release, connections, fault }: ChoosePlacesCard): Card {
  const back = execute('Back', 'publish.show', { release: release.id });
  const head = header({ title: jobTitle(release), where: 'More places' });
  if (connections.length === 0)
    return card([head, text('It goes to every connection that works here already.')], [back]);
  return card(
    [
      head,
      fault === undefined ? null : strip('attention', fault),
      text(
        'The same package with the same words and templates. An assignment template names groups of one tenant, so in another tenant it is left out and the row says so. Each place is planned and published on its own: what fails in one stays there.',
      ),
      choiceField({
        id: 'connections',
        label: 'Connections',
        required: true,
        missing: 'Choose at least one',
        expanded: true,
        many: true,
        choices: connections.slice(0, 40).map(({ id, name }) => ({ title: name, value: id })),
      }),
    ],
    [execute('Plan them', 'places.add', { release: release.id }, { style: 'positive', takesInputs: true }), back],
  );
}

interface RowWords {
  badge: string;
  tone: Tone;
  sentence: string;
  /** What can be done in this row. */
  act: 'open' | 'retry' | 'decide' | null;
}

const outcomeWords = {
  published: ['Published', 'good', 'Published'],
  publishedWithWarnings: ['Published', 'warning', 'Published, with warnings'],
  failed: ['Failed', 'attention', 'Not published'],
  cancelled: ['Cancelled', 'default', 'Cancelled'],
} as const;

function wordsOf({ connection, release, job, chosen, problem }: PlaceRow): RowWords {
  if (job !== null && job.outcome !== null) {
    const [badge, tone, sentence] = outcomeWords[job.outcome];
    const isLost = job.outcome === 'failed' || job.outcome === 'cancelled';
    return { badge, tone, sentence: job.problem?.title ?? sentence, act: isLost ? 'retry' : 'open' };
  }
  if (job !== null) return { badge: `${job.percent} %`, tone: 'accent', sentence: 'Publishing', act: 'open' };
  if (connection === null)
    return { badge: 'Gone', tone: 'attention', sentence: 'The connection was deleted', act: null };
  if (problem !== null)
    return {
      badge: 'No plan',
      tone: 'attention',
      sentence: problem.title,
      act: isOfTemplate(problem) ? 'decide' : 'retry',
    };
  if (release.state === 'discarded')
    return { badge: 'Discarded', tone: 'default', sentence: 'Nothing was sent', act: null };
  if (chosen === null)
    return { badge: 'Decide', tone: 'warning', sentence: 'Somebody has to choose what happens there', act: 'decide' };
  return { badge: 'Planned', tone: 'default', sentence: plannedWords(chosen), act: 'open' };
}

/** Planning again would say the same: somebody chooses another template on the place's own card. */
const isOfTemplate = ({ code }: Problem) => code.startsWith('template');

function plannedWords({ action, existing: [app], version, assignment, leftOut }: PublishPlan): string {
  const what =
    action.kind !== 'newVersion'
      ? 'A new app'
      : `New version of ${app?.displayName ?? 'the app'}: ${app?.version ?? '?'} → ${version}`;
  const who = assignment === null ? '' : `, assigned with ${assignment.template.name}`;
  return [`${what}${who}`, ...leftOut].join('. ').replace(/\.$/, '');
}

export function placesCard({ groupId, rows }: Places): Card {
  const [first] = rows;
  const ready = rows.filter(({ chosen }) => chosen !== null).length;
  const done = rows.filter(
    ({ job }) => job?.outcome === 'published' || job?.outcome === 'publishedWithWarnings',
  ).length;
  const failed = rows.filter(
    ({ job, problem }) => job?.outcome === 'failed' || (job === null && problem !== null),
  ).length;
  const running = rows.some(({ job }) => job !== null && job.outcome === null);
  return card(
    [
      header({
        title: first === undefined ? 'Several places' : jobTitle(first.release),
        where: `${rows.length === 1 ? 'One place' : `${rows.length} places`}`,
        badge: badgeOf({ all: rows.length, done, failed, running }),
      }),
      ...rows.map((row) => rowOf(groupId, row)),
      ready === 0
        ? null
        : notes([
            ready === 1
              ? 'One place is planned and not published yet.'
              : `${ready} places are planned and not published yet.`,
          ]),
      first === undefined ? null : footer(`Asked by ${plain(first.release.requester.name)}`),
    ],
    [
      ready === 0
        ? null
        : execute(
            ready === 1 ? 'Publish there' : `Publish to ${ready} places`,
            'places.start',
            { group: groupId },
            { style: 'positive' },
          ),
      execute('Refresh', 'places.show', { group: groupId }),
      rows.length >= mostPlaces ? null : execute('More places', 'places.choose', { release: groupId }),
    ],
  );
}

function badgeOf({ all, done, failed, running }: { all: number; done: number; failed: number; running: boolean }) {
  if (running) return { text: `${done} of ${all}`, tone: 'accent' as const };
  if (done === all) return { text: 'Published', tone: 'good' as const };
  if (failed > 0) return { text: `${failed} failed`, tone: 'attention' as const };
  return { text: 'Plan', tone: 'default' as const };
}

const signs: Record<Tone, string> = { good: '✓', warning: '!', attention: '✗', accent: '▸', default: '·' };

function rowOf(groupId: string, row: PlaceRow): CardElement {
  const { badge, tone, sentence, act } = wordsOf(row);
  const button = {
    open: execute('Open', 'publish.show', { release: row.release.id }),
    decide: execute('Decide', 'publish.show', { release: row.release.id }),
    retry: execute('Retry', 'places.retry', { group: groupId, connection: row.connectionId }),
  };
  return container(
    [
      {
        type: 'ColumnSet',
        columns: [
          {
            type: 'Column',
            width: 'stretch',
            items: [
              text(row.connection?.name ?? 'A deleted connection', { bold: true }),
              text(`${signs[tone]} ${badge} · ${sentence}`, { small: true, spacing: 'None' }),
            ],
          },
          {
            type: 'Column',
            width: 'auto',
            items: act === null ? [] : [actions([button[act]])].filter((each) => each !== null),
          },
        ],
      },
    ],
    { separator: true },
  );
}
