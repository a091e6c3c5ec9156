import type { Card, CardAction, CardElement } from './card.ts';
import { plain } from './text.ts';

export type Tone = 'good' | 'warning' | 'attention' | 'accent' | 'default';

/** Colour never carries meaning alone: each tone has its sign. */
const signs: Record<Tone, string> = { good: '✓', warning: '!', attention: '!', accent: '▸', default: '' };

export function card(body: (CardElement | null)[], actions: (CardAction | null)[] = []): Card {
  const present = actions.filter((action) => action !== null);
  return {
    type: 'AdaptiveCard',
    version: '1.5',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    body: body.filter((element) => element !== null),
    ...(present.length === 0 ? {} : { actions: present }),
  };
}

export interface Header {
  title: string;
  where?: string | undefined;
  badge?: { text: string; tone: Tone } | undefined;
}

const toneColour: Record<Tone, string> = {
  good: 'Good',
  // Yellow text on white cannot be read; the sign and the word say it.
  warning: 'Default',
  attention: 'Attention',
  accent: 'Accent',
  default: 'Default',
};

export function header({ title, where, badge }: Header): CardElement {
  const left: CardElement[] = [
    { type: 'TextBlock', text: plain(title), weight: 'Bolder', size: 'Medium', wrap: true, style: 'heading' },
  ];
  if (where !== undefined) left.push({ ...text(where, { subtle: true }), spacing: 'None' });
  const columns: CardElement[] = [{ type: 'Column', width: 'stretch', items: left }];
  if (badge !== undefined)
    columns.push({
      type: 'Column',
      width: 'auto',
      items: [
        {
          type: 'TextBlock',
          text: `${signs[badge.tone]} ${badge.text}`.trim(),
          color: toneColour[badge.tone],
          weight: 'Bolder',
          horizontalAlignment: 'Right',
        },
      ],
    });
  return { type: 'ColumnSet', columns };
}

/** Stands on top of the body only when something is decided, done or wrong. */
export function strip(tone: Tone, words: string): CardElement {
  return {
    type: 'Container',
    style: tone === 'default' ? 'emphasis' : tone,
    bleed: true,
    items: [{ type: 'TextBlock', text: `${signs[tone]} ${plain(words)}`.trim(), weight: 'Bolder', wrap: true }],
  };
}

/** Things to know that stop nothing. */
export function notes(sentences: readonly string[]): CardElement | null {
  if (sentences.length === 0) return null;
  return { type: 'Container', style: 'warning', items: sentences.map((sentence) => text(`! ${sentence}`)) };
}

export interface TextOptions {
  subtle?: boolean;
  small?: boolean;
  bold?: boolean;
  tone?: Tone;
  /** The text is ours and may use Markdown (links, lists, dates). */
  markdown?: boolean;
  spacing?: 'None' | 'Small' | 'Medium' | 'Large';
}

export function text(words: string, options: TextOptions = {}): CardElement {
  return {
    type: 'TextBlock',
    text: options.markdown ? words : plain(words),
    wrap: true,
    ...(options.subtle ? { isSubtle: true } : {}),
    ...(options.small ? { size: 'Small' } : {}),
    ...(options.bold ? { weight: 'Bolder' } : {}),
    ...(options.tone ? { color: toneColour[options.tone] } : {}),
    ...(options.spacing ? { spacing: options.spacing } : {}),
  };
}

/** Rows without a value are left out. Values are plain text unless given as `{ markdown }`. */
export function facts(
  rows: readonly (readonly [string, string | { markdown: string } | null | undefined])[],
): CardElement | null {
  const present = rows.flatMap(([title, value]) =>
    value === null || value === undefined || value === ''
      ? []
      : [{ title: plain(title), value: typeof value === 'string' ? plain(value) : value.markdown }],
  );
  return present.length === 0 ? null : { type: 'FactSet', facts: present };
}

export function footer(words: string): CardElement {
  return { type: 'TextBlock', text: words, isSubtle: true, size: 'Small', wrap: true, separator: true };
}

export function container(
  items: (CardElement | null)[],
  options: { style?: string; selectAction?: CardAction; separator?: boolean } = {},
): CardElement {
  return { type: 'Container', items: items.filter((item) => item !== null), ...options };
}

/** A bar of block characters with the figure beside it; hosts that know ProgressBar draw a real one. */
export function progress(percent: number): CardElement {
  const value = Math.max(0, Math.min(100, Math.floor(percent)));
  const full = Math.round(value / 10);
  return {
    type: 'ProgressBar',
    value,
    max: 100,
    fallback: {
      type: 'TextBlock',
      text: `${'█'.repeat(full)}${'░'.repeat(10 - full)} ${value} %`,
      fontType: 'Monospace',
      wrap: true,
    },
  };
}

export function table(
  headings: readonly string[],
  widths: readonly number[],
  rows: readonly (readonly CardElement[])[],
): CardElement {
  const cell = (items: CardElement[]) => ({ type: 'TableCell', items });
  return {
    type: 'Table',
    firstRowAsHeader: true,
    columns: widths.map((width) => ({ width })),
    rows: [
      { type: 'TableRow', style: 'emphasis', cells: headings.map((words) => cell([text(words, { bold: true })])) },
      ...rows.map((row) => ({ type: 'TableRow', cells: row.map((element) => cell([element])) })),
    ],
  };
}

export interface ExecuteOptions {
  style?: 'positive' | 'destructive';
  /** False for actions that must not wait for required inputs, such as Cancel. */
  takesInputs?: boolean;
}

/** A verb of the route table. Old clients send the fallback, which a card cannot answer in place. */
export function execute(
  title: string,
  verb: string,
  data: Record<string, unknown> = {},
  options: ExecuteOptions = {},
): CardAction {
  const inputs = options.takesInputs === true ? {} : { associatedInputs: 'none' };
  return {
    type: 'Action.Execute',
    title,
    verb,
    data,
    ...(options.style ? { style: options.style } : {}),
    ...inputs,
    fallback: { type: 'Action.Submit', title, data: { verb, ...data }, ...inputs },
  };
}

/**
 * For lists and news: what is opened becomes a message of its own below, so that the list stays where everybody left it.
 * The surface reads the mark; the route never sees it.
 */
export const besideMark = 'beside';
export const openBeside = (title: string, verb: string, data: Record<string, unknown>): CardAction =>
  execute(title, verb, { ...data, [besideMark]: true });

export function openUrl(title: string, url: string): CardAction {
  return { type: 'Action.OpenUrl', title, url };
}

export function actions(list: (CardAction | null)[]): CardElement | null {
  const present = list.filter((action) => action !== null);
  return present.length === 0 ? null : { type: 'ActionSet', actions: present };
}
