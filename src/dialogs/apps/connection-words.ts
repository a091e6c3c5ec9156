import type { Card } from '../../cards/card.ts';
import { card, execute, header, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';

/** What was typed behind a command, taken apart into the connection it names and the rest. */
export interface ConnectionWords {
  /** Null when the words name none and there are several. */
  connection: StoredConnection | null;
  rest: string;
}

/** Names may have spaces, so the longest name that the words begin with counts. One connection needs no name. */
export function readConnectionWords(said: string, connections: readonly StoredConnection[]): ConnectionWords {
  const spoken = said.trim().replace(/\s+/g, ' ');
  const beginsWith = (name: string) => `${spoken} `.toLowerCase().startsWith(`${name.toLowerCase()} `);
  const named = connections
    .filter(({ name, id }) => beginsWith(name) || beginsWith(id))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (named === undefined)
    return { connection: connections.length === 1 ? (connections[0] ?? null) : null, rest: spoken };
  const length = beginsWith(named.name) ? named.name.length : named.id.length;
  return { connection: named, rest: spoken.slice(length).trim() };
}

const mostButtons = 6;

export function whichConnectionCard(
  connections: readonly StoredConnection[],
  ask: { what: string; verb: string; example: string },
): Card {
  if (connections.length === 0)
    return card(
      [
        header({ title: 'Connect to Intune first' }),
        text(
          `${ask.what} come from a connection, and there is none here yet. Making one takes some minutes: the first step shows which ways there are.`,
        ),
      ],
      [execute('Connect to Intune', 'connection.form')],
    );
  return card(
    [
      header({ title: 'Which connection?' }),
      text(`Choose one, or type its name: ${ask.example}`),
      connections.length > mostButtons
        ? text(`There are ${connections.length}: type connections to see them all.`, { subtle: true })
        : null,
    ],
    connections
      .slice(0, mostButtons)
      .map((connection) => execute(connection.name, ask.verb, { connection: connection.id })),
  );
}
