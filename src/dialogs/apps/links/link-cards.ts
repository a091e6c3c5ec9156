import { appKindLabel } from '../../../apps/app-kinds.ts';
import type { LinkApp } from '../../../apps/links/link-apps.ts';
import {
  androidVersions,
  iosVersions,
  type LinkForm,
  type LinkFormFaults,
  typeOfForm,
  typesOfStore,
} from '../../../apps/links/link-form.ts';
import type { Store } from '../../../apps/links/store-links.ts';
import type { Card, CardElement } from '../../../cards/card.ts';
import { choiceField, textField, toggleField } from '../../../cards/inputs.ts';
import { actions, card, container, execute, facts, footer, header, notes, strip, text } from '../../../cards/pieces.ts';
import { plain } from '../../../cards/text.ts';
import type { StoredConnection } from '../../../connections/connection.ts';
import type { IntuneApp } from '../../../graph/intune-app.ts';

const storeTitles: Record<Store, string> = {
  microsoft: 'Microsoft Store app',
  apple: 'App Store link',
  google: 'Google Play link',
  web: 'Web link',
};

const storeHints: Record<Store, readonly string[]> = {
  microsoft: [],
  apple: [],
  google: [
    'Devices managed as device administrator get this link. Work profiles and fully managed devices take apps from managed Google Play: approve the app there, in Intune.',
  ],
  web: [],
};

const versionTitle = (system: string, flag: string) =>
  `${system} ${flag.slice(1).replace('_', '.').replace(/\.0$/, '')}`;
const choicesOf = (system: string, flags: readonly string[]) =>
  flags.map((value) => ({ title: versionTitle(system, value), value }));

export interface LinkFormCard {
  app: LinkApp;
  connections: readonly StoredConnection[];
  values?: Record<string, unknown>;
  faults?: LinkFormFaults;
}

export function linkFormCard({ app, connections, values = {}, faults = {} }: LinkFormCard): Card {
  const count = Object.keys(faults).length;
  const value = (id: string, otherwise?: string) => (typeof values[id] === 'string' ? values[id] : otherwise);
  const only = connections.length === 1 ? connections[0]?.id : undefined;
  return card(
    [
      header({ title: storeTitles[app.store], where: app.url, badge: { text: 'Draft', tone: 'default' } }),
      count === 0
        ? null
        : strip('attention', count === 1 ? 'One field needs a change' : `${count} fields need a change`),
      notes(storeHints[app.store]),
      textField({
        id: 'displayName',
        label: 'Name',
        hint: 'What people see in Company Portal.',
        maxLength: 256,
        required: true,
        value: value('displayName'),
        error: faults.displayName,
      }),
      textField({
        id: 'description',
        label: 'Description',
        hint: 'One sentence that people see beside the name.',
        maxLength: 10_000,
        multiline: true,
        required: true,
        value: value('description'),
        error: faults.description,
      }),
      textField({
        id: 'publisher',
        label: 'Publisher',
        hint: 'The company or team that makes the app.',
        maxLength: 256,
        required: true,
        value: value('publisher'),
        error: faults.publisher,
      }),
      ...ownFields(app.store, value, faults),
      textField({
        id: 'notes',
        label: 'Notes',
        hint: 'For administrators only.',
        maxLength: 2_000,
        multiline: true,
        value: value('notes'),
        error: faults.notes,
      }),
      choiceField({
        id: 'connectionId',
        label: 'Connection',
        hint:
          connections.length > 1 ? 'There is no default among several: choose where it goes.' : 'Where the app goes.',
        placeholder: 'Choose a connection',
        required: true,
        value: value('connectionId', only),
        choices: connections.map(({ id, name }) => ({ title: name, value: id })),
        error: faults.connectionId,
      }),
      footer(`Asked by ${plain(app.requesterName)}`),
    ],
    [
      execute('Show the plan', 'link.plan', press(app), { style: 'positive', takesInputs: true }),
      execute('Discard', 'link.discard', press(app)),
    ],
  );
}

const press = ({ id, revision }: LinkApp) => ({ link: id, revision });

function ownFields(
  store: Store,
  value: (id: string, otherwise?: string) => string | undefined,
  faults: LinkFormFaults,
): CardElement[] {
  const choice = (
    id: string,
    label: string,
    choices: { title: string; value: string }[],
    more: { hint?: string; otherwise?: string } = {},
  ) =>
    choiceField({
      id,
      label,
      required: true,
      choices,
      value: value(id, more.otherwise ?? choices[0]?.value),
      error: faults[id],
      ...(more.hint === undefined ? {} : { hint: more.hint }),
    });
  switch (store) {
    case 'microsoft':
      return [
        choice(
          'runAsAccount',
          'Installed for',
          [
            { title: 'The person who is signed in', value: 'user' },
            { title: 'The whole device', value: 'system' },
          ],
          { hint: 'Some apps of the store allow one of them only.' },
        ),
      ];
    case 'apple':
      return [
        textField({
          id: 'bundleId',
          label: 'Bundle id',
          hint: 'Such as com.contoso.expenses. The maker of the app names it; Apple’s store page does not show it.',
          required: true,
          maxLength: 255,
          value: value('bundleId'),
          error: faults.bundleId,
        }),
        choice('devices', 'Devices', [
          { title: 'iPhone and iPad', value: 'both' },
          { title: 'iPhone only', value: 'iPhone' },
          { title: 'iPad only', value: 'iPad' },
        ]),
        choice('minimumOs', 'Minimum iOS version', choicesOf('iOS', iosVersions), { otherwise: 'v13_0' }),
      ];
    case 'google':
      return [
        choice('minimumOs', 'Minimum Android version', choicesOf('Android', androidVersions), { otherwise: 'v8_0' }),
      ];
    case 'web':
      return [
        choice(
          'type',
          'What it becomes',
          typesOfStore.web.map((type) => ({ title: webTitles[type] ?? appKindLabel(type), value: type })),
        ),
        toggleField({
          id: 'useManagedBrowser',
          label: 'Browser',
          title: 'Open it in a managed browser (web link and iOS web clip)',
          on: value('useManagedBrowser') === 'true',
        }),
        toggleField({
          id: 'fullScreen',
          label: 'Window',
          title: 'Fill the screen (macOS web clip)',
          on: value('fullScreen') === 'true',
        }),
      ];
  }
}

const webTitles: Partial<Record<string, string>> = {
  webApp: 'Web link for all platforms',
  iosiPadOSWebClip: 'Web clip on the home screen of iPhone and iPad',
  windowsWebApp: 'Web link in the start menu of Windows',
  macOSWebClip: 'Web clip in the Dock of macOS',
};

export interface LinkPlanCard {
  app: LinkApp;
  form: LinkForm;
  connection: StoredConnection;
  twins: readonly IntuneApp[];
}

export function linkPlanCard({ app, form, connection, twins }: LinkPlanCard): Card {
  const kind = appKindLabel(typeOfForm(form));
  return card(
    [
      header({
        title: `Plan: ${form.displayName}`,
        where: `${connection.name} · ${kind}`,
        badge: { text: 'Plan', tone: 'default' },
      }),
      text(`This is created in ${connection.name}. Nobody receives it before it is assigned.`),
      twins.length === 0
        ? null
        : container([
            notes([
              twins.length === 1
                ? 'The same link is there already'
                : `The same link is there ${twins.length} times already`,
            ]),
            ...twins
              .slice(0, 3)
              .flatMap(({ id, metadata }) => [
                text(metadata.displayName ?? id, { bold: true }),
                actions([execute('Open that one', 'app.show', { connection: connection.id, app: id })]),
              ]),
          ]),
      facts([
        ['Link', app.url],
        ['Publisher', form.publisher],
        ['Description', form.description.slice(0, 300)],
        [
          'Installed for',
          form.store === 'microsoft' ? (form.runAsAccount === 'user' ? 'The person' : 'The device') : null,
        ],
        ['Bundle id', form.store === 'apple' ? form.bundleId : null],
        ['From', form.store === 'apple' ? versionTitle('iOS', form.minimumOs) : null],
        ['From', form.store === 'google' ? versionTitle('Android', form.minimumOs) : null],
      ]),
      footer(`Asked by ${plain(app.requesterName)}`),
    ],
    [
      execute(twins.length === 0 ? 'Create' : 'Create another', 'link.create', press(app), { style: 'positive' }),
      execute('Change', 'link.form', press(app)),
      execute('Discard', 'link.discard', press(app)),
    ],
  );
}

export function linkEndCard(app: LinkApp, state: 'discarded' | 'creating'): Card {
  const name = app.form?.displayName ?? app.url;
  return state === 'discarded'
    ? card(
        [header({ title: name, badge: { text: 'Discarded', tone: 'default' } }), text('Nothing was sent to Intune.')],
        [execute('Publish', 'publish.start')],
      )
    : card(
        [
          header({ title: name, badge: { text: 'Creating', tone: 'accent' } }),
          text('It is being created. Look again in a moment.'),
        ],
        [execute('Look again', 'link.create', press(app))],
      );
}
