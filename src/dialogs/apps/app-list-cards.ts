import { type AppKind, appKindLabel, appKinds } from '../../apps/app-kinds.ts';
import type { FoundApps } from '../../apps/apps.ts';
import type { ListPage } from '../../apps/listings.ts';
import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { openPager } from '../../cards/pager.ts';
import { actions, card, container, execute, header, notes, openBeside, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { AppRow } from '../../graph/intune-app.ts';

const kindTitles: Record<AppKind, string> = {
  android: 'Android',
  ios: 'iOS and iPadOS',
  macos: 'macOS',
  windows: 'Windows',
  web: 'Web links',
  store: 'Store apps',
  apk: 'Android packages (APK)',
  ipa: 'iOS packages (IPA)',
  pkg: 'macOS packages (PKG)',
  dmg: 'macOS disk images (DMG)',
  win32: 'Windows programs (Win32)',
  msi: 'Windows installers (MSI)',
  msix: 'Windows packages (MSIX)',
};

export interface AppListCard {
  connection: StoredConnection;
  list: ListPage<AppRow>;
}

export function appListCard({ connection, list }: AppListCard): Card {
  const { words, kind, rows } = list;
  const isNarrowed = words !== '' || kind !== null;
  const narrowed = [
    words === '' ? null : `name holds “${words}”`,
    kind === null ? null : (kindTitles[kind as AppKind] ?? kind),
  ].filter((part) => part !== null);
  return card(
    [
      header({
        title: `Apps in ${connection.name}`,
        where: narrowed.length === 0 ? 'By name' : narrowed.join(' · '),
      }),
      ...(rows.length === 0
        ? [text(isNarrowed ? 'No app fits. Try a shorter part of the name, or another kind.' : 'There is no app yet.')]
        : rows.map((row) => appLine(row, connection))),
      ...openPager({ verb: 'apps.page', page: list.page, hasMore: list.hasMore, data: { listing: list.listingId } }),
      container(
        [
          textField({
            id: 'words',
            label: 'Find by name',
            hint: 'A part of it is enough.',
            maxLength: 80,
            value: words,
          }),
          choiceField({
            id: 'kind',
            label: 'Kind',
            value: kind ?? 'any',
            choices: [
              { title: 'Any kind', value: 'any' },
              ...appKinds.map((value) => ({ title: kindTitles[value], value })),
            ],
          }),
        ],
        { separator: true },
      ),
    ],
    [
      execute('Find', 'apps.find', { connection: connection.id }, { takesInputs: true }),
      execute('Publish', 'publish.start', { connection: connection.id }),
      openBeside('Open the connection', 'connection.show', { connection: connection.id }),
    ],
  );
}

const states = { notPublished: 'Not published', processing: 'Being processed', published: null } as const;

export function appLine(row: AppRow, connection: StoredConnection, where?: string): CardElement {
  const said = [
    where ?? null,
    appKindLabel(row.graphType),
    row.publisher,
    states[row.publishingState],
    row.isAssigned === null ? null : row.isAssigned ? 'Assigned' : 'Nobody receives it',
  ].filter((part) => part !== null && part !== '');
  return container(
    [
      {
        type: 'ColumnSet',
        columns: [
          {
            type: 'Column',
            width: 'stretch',
            items: [
              text(row.displayName || 'An app without a name', { bold: true }),
              text(said.join(' · '), { small: true, subtle: true, spacing: 'None' }),
            ],
          },
          {
            type: 'Column',
            width: 'auto',
            items: [actions([openBeside('Open', 'app.show', { connection: connection.id, app: row.id })])],
          },
        ],
      },
    ],
    { separator: true },
  );
}

/** Several apps answer to what was typed. */
export function whichAppCard(said: string, { found, silent }: FoundApps): Card {
  return card([
    header({ title: found.length === 1 ? 'Is it this one?' : 'Which app?', where: `“${said}”` }),
    ...found.map(({ row, connection }) => appLine(row, connection, connection.name)),
    notes(silentSentences(silent)),
  ]);
}

export const silentSentences = (silent: FoundApps['silent']): string[] =>
  silent.map(({ connection, problem }) => `${connection.name} could not be asked: ${problem.title}.`);
