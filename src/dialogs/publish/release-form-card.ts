import type { Card, CardElement } from '../../cards/card.ts';
import { choiceField, textField } from '../../cards/inputs.ts';
import { actions, card, container, execute, header, notes, strip, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { AppShape, SettingField } from '../../publishing/kinds/app-shape.ts';
import { type FormValues, noTemplate, type ReleaseFormFaults } from '../../publishing/release-form.ts';
import type { Release } from '../../publishing/releases.ts';
import { appHeader, askedBy, packageFacts, titleOf } from './package-summary.ts';

export interface FormCard {
  release: Release;
  connections: readonly StoredConnection[];
  shape: AppShape;
  /** Other types that the package could be kept as. */
  others: readonly AppShape[];
  /** Who may get it, by template. */
  appTemplates: readonly { id: string; name: string }[];
  /** What a template that was just chosen did, as sentences. */
  told?: readonly string[];
  assignmentTemplates: readonly { id: string; name: string; where: string }[];
  values: FormValues;
  /** By field; `form` is about the whole. */
  faults?: ReleaseFormFaults;
}

const mostOffered = 60;

function templateField({ appTemplates, values }: FormCard, press: Record<string, unknown>): CardElement | null {
  if (appTemplates.length === 0) return null;
  return container([
    choiceField({
      id: 'appTemplateId',
      label: 'App template',
      hint: 'Fills the fields that hold what the package says; what you typed stays.',
      value: values.appTemplateId || noTemplate,
      choices: [
        { title: 'None', value: noTemplate },
        ...appTemplates.slice(0, mostOffered).map(({ id, name }) => ({ title: name, value: id })),
      ],
    }),
    actions([execute('Fill in', 'publish.step', { ...press, to: 'first', fill: true }, { takesInputs: true })]),
  ]);
}

/**
 * Not required in the client's eyes: it would hold back every button of the card, also the one that fills the field
 * from a template. The plan says what is missing.
 */
const neededLabel = (label: string, value: string | undefined) => (value?.trim() ? label : `${label} (needed)`);

/** What everybody decides. */
export function releaseFormCard(form: FormCard): Card {
  const { release, connections, shape, others, assignmentTemplates, values, faults = {} } = form;
  const press = { release: release.id, revision: release.revision, step: 'first' };
  return card(
    [
      appHeader(release, 'Draft'),
      faultStrip(faults),
      packageFacts(release),
      notes(release.facts?.warnings ?? []),
      ...(form.told ?? []).map((sentence) => text(sentence)),
      templateField(form, press),
      shape.explanation === null ? null : text(shape.explanation, { subtle: true }),
      textField({
        id: 'displayName',
        label: neededLabel('Name', values.displayName),
        hint: 'What people see in Company Portal.',
        maxLength: 256,
        value: values.displayName,
        error: faults.displayName,
      }),
      textField({
        id: 'description',
        label: neededLabel('Description', values.description),
        hint: 'One sentence that people see beside the name.',
        maxLength: 10_000,
        multiline: true,
        value: values.description,
        error: faults.description,
      }),
      textField({
        id: 'publisher',
        label: neededLabel('Publisher', values.publisher),
        hint: 'The company or team that makes the app.',
        maxLength: 256,
        value: values.publisher,
        error: faults.publisher,
      }),
      ...shape.fields.filter((field) => !field.isFurther).map((field) => settingInput(field, values, faults)),
      choiceField({
        id: 'connectionId',
        label: neededLabel('Connection', values.connectionId),
        hint:
          connections.length > 1 ? 'There is no default among several: choose where it goes.' : 'Where the app goes.',
        placeholder: 'Choose a connection',
        value: values.connectionId,
        choices: connections.map((connection) => ({
          title: `${connection.name} (${connection.tenantId.slice(0, 8)}…)`,
          value: connection.id,
        })),
        error: faults.connectionId,
      }),
      assignmentTemplates.length === 0 && !faults.assignmentTemplateId
        ? text('Nobody receives it by itself. An assignment template would: type templates to make one.', {
            subtle: true,
            small: true,
          })
        : choiceField({
            id: 'assignmentTemplateId',
            label: 'Who gets it',
            hint: 'An assignment template of the same tenant. What others assigned stays.',
            value: values.assignmentTemplateId || noTemplate,
            choices: [
              { title: 'Nobody yet, or as it is assigned now', value: noTemplate },
              ...assignmentTemplates.slice(0, mostOffered).map(({ id, name, where }) => ({
                title: `${name} (${where})`,
                value: id,
              })),
            ],
            error: faults.assignmentTemplateId,
          }),
      askedBy(release),
    ],
    [
      execute('Show the plan', 'publish.plan', press, { style: 'positive', takesInputs: true }),
      execute('More settings', 'publish.step', { ...press, to: 'further' }, { takesInputs: true }),
      ...others.map((other) =>
        execute(
          `Publish as ${other.noun} instead`,
          'publish.step',
          { ...press, to: 'first', as: other.graphType },
          { takesInputs: true },
        ),
      ),
      execute('Discard', 'publish.discard', { release: release.id, revision: release.revision }),
    ],
  );
}

/** What most people leave as it is. */
export function furtherSettingsCard(form: FormCard): Card {
  const { release, shape, values, faults = {} } = form;
  const press = { release: release.id, revision: release.revision, step: 'further' };
  return card(
    [
      header({
        title: `More settings of ${values.displayName || titleOf(release)}`,
        where: 'Filled from the package, or as Intune would have it.',
        badge: { text: 'Draft', tone: 'default' },
      }),
      ...(form.told ?? []).map((sentence) => text(sentence)),
      faultStrip(faults),
      ...shape.fields.filter((field) => field.isFurther).map((field) => settingInput(field, values, faults)),
      textField({
        id: 'notes',
        label: 'Notes',
        hint: 'For administrators only.',
        maxLength: 2_000,
        multiline: true,
        value: values.notes,
        error: faults.notes,
      }),
      askedBy(release),
    ],
    [
      execute('Show the plan', 'publish.plan', press, { style: 'positive', takesInputs: true }),
      execute('Back', 'publish.step', { ...press, to: 'first' }, { takesInputs: true }),
    ],
  );
}

function faultStrip(faults: ReleaseFormFaults): CardElement | null {
  const count = Object.keys(faults).length;
  if (count === 0) return null;
  return strip(
    'attention',
    faults.form ?? (count === 1 ? 'One field needs a change' : `${count} fields need a change`),
  );
}

function settingInput(field: SettingField, values: FormValues, faults: ReleaseFormFaults): CardElement {
  const { id, hint, choices } = field;
  const value = values[id] ?? field.value;
  const shared = {
    id,
    label: field.isRequired === true ? neededLabel(field.label, value) : field.label,
    ...(hint === undefined ? {} : { hint }),
    value,
    error: faults[id],
  };
  if (choices !== undefined) return choiceField({ ...shared, choices });
  return textField({
    ...shared,
    multiline: field.isMultiline ?? false,
    ...(field.maxLength === undefined ? {} : { maxLength: field.maxLength }),
  });
}
