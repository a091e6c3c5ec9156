/** What a client sends: every input of a card with the value it has, the first choice where there is none. */
export function inputsOf(card: unknown): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const entry of node) visit(entry);
    else if (typeof node === 'object' && node !== null) {
      const { type, id, value, choices } = node as Record<string, unknown>;
      if (typeof type === 'string' && type.startsWith('Input.') && typeof id === 'string') {
        const [first] = Array.isArray(choices) ? (choices as { value: string }[]) : [];
        found[id] = typeof value === 'string' && value !== '' ? value : (first?.value ?? 'Typed');
      }
      for (const entry of Object.values(node)) visit(entry);
    }
  };
  visit(card);
  return found;
}

/** A value that a card's buttons carry. */
export const on = (card: unknown, key: string) =>
  JSON.stringify(card).match(new RegExp(`"${key}":"?([0-9a-f-]+)`))?.[1];
