import { z } from 'zod';
import type { PackageFacts } from '../packages/package-facts.ts';
import type { AppShape, AppTexts, SettingField, Settings } from './kinds/app-shape.ts';

const shortText = z.string().trim().max(256, 'At most 256 characters');

const commonFields = z.object({
  displayName: shortText.min(1, 'A name is needed'),
  description: z
    .string()
    .trim()
    .min(1, 'Intune shows a description to people; write one sentence')
    .max(10_000, 'At most 10,000 characters'),
  publisher: shortText.min(1, 'A publisher is needed'),
  notes: z.string().trim().max(2_000, 'At most 2,000 characters').default(''),
  connectionId: z.uuid('Choose a connection'),
});
/** On the first card, beside what the app's type adds; the notes are on the other. */
const firstNames = ['displayName', 'description', 'publisher', 'connectionId', 'assignmentTemplateId', 'appTemplateId'];
const furtherNames = ['notes'];

/** What the requester typed, by field, whether it is right or not: nothing typed is lost. */
export const formValues = z.record(z.string(), z.string());
export type FormValues = Readonly<Record<string, string>>;

/** What the requester decides about an app; prefilled from the package. */
export interface ReleaseForm extends AppTexts {
  connectionId: string;
  /** What only this type of app has, by the field's id. */
  settings: Settings;
}

/** Sentences by field. */
export type ReleaseFormFaults = Readonly<Record<string, string>>;

/** A form has two cards: what matters to everybody, and the rest. */
export type FormStep = 'first' | 'further';

/** The choice to use no template. */
export const noTemplate = 'none';

const longestValue = 20_000;

/** What a card sent, on top of what is known. A field that the card showed and did not send was emptied. */
export function mergeValues(known: FormValues, input: unknown, shape: AppShape, step: FormStep): FormValues {
  const sent = z.record(z.string(), z.unknown()).catch({}).parse(input);
  const names = [...namesOn('first', shape), ...namesOn('further', shape)];
  const shownNames = new Set(namesOn(step, shape));
  const taken = names.filter((name) => shownNames.has(name) || Object.hasOwn(sent, name));
  return { ...known, ...Object.fromEntries(taken.map((name) => [name, textOf(sent[name])])) };
}

function namesOn(step: FormStep, shape: AppShape): string[] {
  const own = shape.fields.filter((field) => (field.isFurther === true) === (step === 'further'));
  return [...(step === 'first' ? firstNames : furtherNames), ...own.map(({ id }) => id)];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, longestValue) : typeof value === 'number' ? String(value) : '';
}

export function readReleaseForm(
  values: FormValues,
  shape: AppShape,
): { form: ReleaseForm } | { faults: ReleaseFormFaults } {
  const faults: Record<string, string> = {};
  const common = commonFields.safeParse(values);
  for (const issue of common.error?.issues ?? []) {
    const field = String(issue.path[0]);
    faults[field] ??= issue.code === 'invalid_type' ? missing(field) : issue.message;
  }
  const settings: Record<string, string> = {};
  for (const field of shape.fields) {
    const value = values[field.id]?.trim() ?? '';
    settings[field.id] = value;
    const fault = faultOf(field, value);
    if (fault !== null) faults[field.id] = fault;
  }
  for (const [field, fault] of Object.entries(shape.check?.(settings) ?? {})) faults[field] ??= fault;
  if (!common.success || Object.keys(faults).length > 0) return { faults };
  return { form: { ...common.data, settings } };
}

function faultOf(field: SettingField, value: string): string | null {
  if (field.choices !== undefined && !field.choices.some((choice) => choice.value === value))
    return 'Choose one of them';
  if (value === '') return field.isRequired ? 'This is needed' : null;
  if (field.maxLength !== undefined && value.length > field.maxLength)
    return `At most ${field.maxLength.toLocaleString('en-US')} characters`;
  return field.check?.(value) ?? null;
}

function missing(field: string): string {
  return field === 'connectionId' ? 'Choose a connection' : 'This is needed';
}

/** What the package itself says; the connection is not its business. */
export function proposedValues(facts: PackageFacts, shape: AppShape): FormValues {
  const name = facts.displayName ?? facts.identifier ?? 'App';
  return {
    displayName: name.slice(0, 256),
    description: name,
    publisher: facts.publisher ?? '',
    notes: '',
    appType: shape.graphType,
    ...Object.fromEntries(shape.fields.map(({ id, value }) => [id, value])),
  };
}

/** True where the texts are those that the package proposed. */
export function hasProposedTexts(facts: PackageFacts, shape: AppShape, form: AppTexts): boolean {
  const proposed = proposedValues(facts, shape);
  return (['displayName', 'description', 'publisher'] as const).every((name) => form[name] === proposed[name]?.trim());
}

/** The card on which somebody finds what is wrong; the first one if both hold something. */
export function stepOfFaults(faults: ReleaseFormFaults, shape: AppShape): FormStep {
  const further = new Set(namesOn('further', shape));
  return Object.keys(faults).every((name) => further.has(name)) ? 'further' : 'first';
}
