import type { CardElement } from './card.ts';
import { text } from './pieces.ts';

interface Field {
  id: string;
  label: string;
  /** One line under the label. */
  hint?: string;
  /** Where the value is found. */
  link?: { title: string; url: string };
  value?: string | undefined;
  required?: boolean;
  error?: string | undefined;
  /** What the client says while a required field is empty; otherwise made of the label. */
  missing?: string;
}

function around(field: Field, input: CardElement): CardElement {
  const items: CardElement[] = [input];
  const hint = [field.hint ?? '', field.link === undefined ? '' : `[${field.link.title}](${field.link.url})`]
    .filter(Boolean)
    .join(' ');
  if (field.error !== undefined) items.push(text(`! ${field.error}`, { tone: 'attention', spacing: 'Small' }));
  if (hint !== '') items.push(text(hint, { subtle: true, small: true, markdown: true, spacing: 'Small' }));
  return { type: 'Container', items };
}

const base = (field: Field) => ({
  id: field.id,
  label: field.label,
  ...(field.value === undefined ? {} : { value: field.value }),
  ...(field.required ? { isRequired: true, errorMessage: field.missing ?? `${field.label} is needed` } : {}),
});

export function textField(
  field: Field & { placeholder?: string; maxLength?: number; multiline?: boolean; secret?: boolean },
): CardElement {
  return around(field, {
    type: 'Input.Text',
    ...base(field),
    ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
    ...(field.maxLength === undefined ? {} : { maxLength: field.maxLength }),
    ...(field.multiline ? { isMultiline: true } : {}),
    ...(field.secret ? { style: 'Password' } : {}),
  });
}

export function choiceField(
  field: Field & {
    choices: { title: string; value: string }[];
    expanded?: boolean;
    placeholder?: string;
    /** The value is then a list with commas between. */
    many?: boolean;
  },
): CardElement {
  return around(field, {
    type: 'Input.ChoiceSet',
    ...base(field),
    style: field.expanded ? 'expanded' : 'compact',
    ...(field.many ? { isMultiSelect: true } : {}),
    wrap: true,
    ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
    choices: field.choices,
  });
}

export function dateField(field: Field): CardElement {
  return around(field, { type: 'Input.Date', ...base(field) });
}

export function toggleField(field: Omit<Field, 'value' | 'required'> & { title: string; on: boolean }): CardElement {
  return around(field, {
    type: 'Input.Toggle',
    id: field.id,
    label: field.label,
    title: field.title,
    value: String(field.on),
    valueOn: 'true',
    valueOff: 'false',
    wrap: true,
  });
}

/** Cards have no clipboard: what is to be copied stands in a field, which nobody reads back. */
export function readOnlyField({
  value,
  multiline = false,
  ...field
}: Pick<Field, 'id' | 'label' | 'hint'> & { value: string; multiline?: boolean }): CardElement {
  return around(field, {
    type: 'Input.Text',
    id: field.id,
    label: field.label,
    value,
    ...(multiline ? { isMultiline: true } : {}),
  });
}

/**
 * A person of the conversation, found by typing: Teams adds its members to `known`, of whom there must be one. The value
 * is the person's Entra object id.
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/people-picker
 */
export function personField(field: Field & { known: { title: string; value: string }[] }): CardElement {
  return around(field, {
    type: 'Input.ChoiceSet',
    ...base(field),
    style: 'filtered',
    choices: field.known,
    'choices.data': { type: 'Data.Query', dataset: 'graph.microsoft.com/users?scope=currentContext' },
  });
}
