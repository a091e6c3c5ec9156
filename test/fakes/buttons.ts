import type { Card } from '../../src/cards/card.ts';
import type { FakeMessage, FakeTeams, Person, Pressed } from './connector.ts';

interface Node {
  [key: string]: unknown;
}

function nodes(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodes);
  if (value === null || typeof value !== 'object') return [];
  const { fallback: _fallback, ...node } = value as Node;
  return [node, ...Object.values(node).flatMap(nodes)];
}

const buttons = (card: Card) => nodes(card).filter(({ type }) => type === 'Action.Execute');

export const buttonTitles = (card: Card): string[] => buttons(card).map(({ title }) => String(title));

/** What the fields of a card hold before somebody changes them. */
function fieldValues(card: Card): Record<string, string> {
  const inputs = nodes(card).filter(({ type }) => String(type).startsWith('Input.'));
  return Object.fromEntries(inputs.map(({ id, value }) => [String(id), typeof value === 'string' ? value : '']));
}

/**
 * Presses a button as the client does: its own data, and the card's fields where the button takes them. `nth` tells
 * buttons of the same title apart.
 */
export async function pressButton(
  teams: FakeTeams,
  person: Person,
  message: FakeMessage,
  card: Card,
  title: string,
  typed: Record<string, string> = {},
  nth = 0,
): Promise<Pressed & { card: Card }> {
  const button = buttons(card).filter((each) => each.title === title)[nth];
  if (button === undefined) throw new Error(`No button ${title}: there are ${buttonTitles(card).join(', ')}`);
  const fields = fieldValues(card);
  for (const name of Object.keys(typed)) if (!(name in fields)) throw new Error(`No field ${name}`);
  const inputs: Record<string, string> = button.associatedInputs === 'none' ? {} : { ...fields, ...typed };
  // Clients hold back a button that takes the fields while a required one is empty.
  for (const { id, isRequired } of nodes(card))
    if (isRequired === true && inputs[String(id)]?.trim() === '') throw new Error(`The client wants ${id} first`);
  const pressed = await teams.press(person, message, String(button.verb), { ...(button.data as Node), ...inputs });
  if (pressed.card === null) throw new Error(`${title} was answered without a card: ${pressed.text ?? pressed.raw}`);
  return { ...pressed, card: pressed.card };
}
