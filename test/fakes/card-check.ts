import { createRequire } from 'node:module';
import type { Card } from '../../src/cards/card.ts';

// The package's main file does not import in Node's ESM; its bundle does, and parsing needs no DOM.
const adaptiveCards = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js') as {
  AdaptiveCard: new () => {
    parse(json: unknown, context: unknown): void;
    validateProperties(): { validationEvents: { phase: number; event: number; message: string }[] };
  };
  SerializationContext: new () => { eventCount: number; getEventAt(index: number): { message: string } };
};

/** Known to Teams hosts but not to the package; allowed only with a fallback. */
const hostElements = new Set(['ProgressBar', 'Icon', 'Badge', 'ProgressRing']);

interface Node {
  [key: string]: unknown;
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  visit(value as Node);
  for (const child of Object.values(value)) walk(child, visit);
}

function withFallbacks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withFallbacks);
  if (value === null || typeof value !== 'object') return value;
  const node = value as Node;
  if (hostElements.has(String(node.type)) && node.fallback !== undefined) return withFallbacks(node.fallback);
  return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, withFallbacks(child)]));
}

/** Everything wrong with a card; an empty list is a good card. */
export function cardFaults(card: Card): string[] {
  const faults: string[] = [];
  const size = Buffer.byteLength(JSON.stringify(card));
  if (size > 24 * 1024) faults.push(`is ${size} bytes, 24 KB are allowed`);

  const context = new adaptiveCards.SerializationContext();
  const parsed = new adaptiveCards.AdaptiveCard();
  parsed.parse(withFallbacks(card), context);
  for (let i = 0; i < context.eventCount; i += 1) faults.push(context.getEventAt(i).message);
  for (const event of parsed.validateProperties().validationEvents) faults.push(event.message);

  let actions = 0;
  walk(card, (node) => {
    const type = String(node.type ?? '');
    if (type.startsWith('Input.')) {
      if (typeof node.label !== 'string' || node.label === '') faults.push(`${type} ${String(node.id)} has no label`);
      if (node.isRequired === true && typeof node.errorMessage !== 'string')
        faults.push(`${type} ${String(node.id)} has no errorMessage`);
    }
    if (type === 'Image' && typeof node.altText !== 'string') faults.push('an Image has no altText');
    if (type === 'Action.Execute' && node.fallback === undefined)
      faults.push(`Action.Execute ${String(node.title)} has no fallback`);
    if (hostElements.has(type) && node.fallback === undefined) faults.push(`${type} has no fallback`);
  });
  actions = card.actions?.length ?? 0;
  if (actions > 6) faults.push(`has ${actions} actions, 6 are allowed`);
  return faults;
}

/** All text a reader sees, for assertions on words. */
export function cardText(card: Card): string {
  const words: string[] = [];
  walk(withFallbacks(card), (node) => {
    for (const key of ['text', 'label', 'title', 'value', 'errorMessage'] as const) {
      const value = node[key];
      if (typeof value === 'string') words.push(value);
    }
  });
  return words.join('\n');
}
