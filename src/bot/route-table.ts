import type { CommandRoute, FileRoute, InstallRoute, Route, VerbRoute } from '../dialogs/route.ts';

/** Which row of the table a message or a press belongs to. */
export interface RouteTable {
  command(text: string): { route: CommandRoute; rest: string } | null;
  /** The command that was probably meant. */
  nearest(text: string): CommandRoute | null;
  verb(verb: string): VerbRoute | null;
  readonly file: FileRoute | null;
  readonly install: InstallRoute | null;
}

export function createRouteTable(routes: readonly Route[]): RouteTable {
  const commands = routes.filter((route) => route.kind === 'command');
  const verbs = new Map<string, VerbRoute>();
  for (const route of routes) {
    if (route.kind !== 'verb') continue;
    if (verbs.has(route.verb)) throw new Error(`Two routes answer the verb ${route.verb}`);
    verbs.set(route.verb, route);
  }
  const names = commands.map((route) => route.command);
  for (const name of names)
    if (names.indexOf(name) !== names.lastIndexOf(name)) throw new Error(`Two routes answer the command ${name}`);
  const longestFirst = commands.toSorted((a, b) => b.command.length - a.command.length);

  return {
    command(text) {
      const said = text.replace(/^\//, '');
      const lower = said.toLowerCase();
      const route = longestFirst.find(({ command }) => lower === command || lower.startsWith(`${command} `));
      return route === undefined ? null : { route, rest: said.slice(route.command.length).trim() };
    },
    nearest(text) {
      const words = text.replace(/^\//, '').toLowerCase().split(' ');
      let best: { route: CommandRoute; distance: number } | null = null;
      for (const route of commands) {
        const said = words.slice(0, route.command.split(' ').length).join(' ');
        const distance = likeness(said, route.command);
        if (distance !== null && (best === null || distance < best.distance)) best = { route, distance };
      }
      return best?.route ?? null;
    },
    verb: (verb) => verbs.get(verb) ?? null,
    file: routes.find((route) => route.kind === 'file') ?? null,
    install: routes.find((route) => route.kind === 'install') ?? null,
  };
}

/** Null if the two are not alike: more than a third of the letters differ and neither begins the other. */
function likeness(said: string, command: string): number | null {
  if (said.length >= 3 && command.startsWith(said)) return 0.5;
  if (said.length < 2 || said.length > command.length + 4) return null;
  const distance = edits(said, command);
  return distance <= Math.max(1, Math.floor(command.length / 3)) ? distance : null;
}

/** Letters added, left out, changed or swapped with their neighbour. */
function edits(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const cell = (up: number, left: number) => rows[i - up]?.[j - left] ?? Number.POSITIVE_INFINITY;
      let least = Math.min(cell(1, 0) + 1, (row[j - 1] ?? 0) + 1, cell(1, 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, cell(2, 2) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? Number.POSITIVE_INFINITY;
}
