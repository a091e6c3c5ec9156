export interface DemoPorts {
  bot: number;
  playground: number;
  portal: number;
  login: number;
  graph: number;
  storage: number;
}

export type PortName = keyof DemoPorts;

/** Each with the variable that moves it. */
export const portSettings = {
  bot: { variable: 'DEMO_BOT_PORT', usual: 3978, what: 'the bot' },
  playground: { variable: 'DEMO_PLAYGROUND_PORT', usual: 56150, what: 'the Playground' },
  portal: { variable: 'DEMO_PORTAL_PORT', usual: 7440, what: 'the page of the local cloud' },
  login: { variable: 'DEMO_LOGIN_PORT', usual: 7443, what: 'the local Entra' },
  graph: { variable: 'DEMO_GRAPH_PORT', usual: 7444, what: 'the local Graph' },
  storage: { variable: 'DEMO_STORAGE_PORT', usual: 7445, what: 'the local storage' },
} as const satisfies Record<PortName, { variable: string; usual: number; what: string }>;

/** A setting of the demo that cannot be used, in words for the person who started it. */
export class DemoSettingError extends Error {}

export function readPorts(env: Record<string, string | undefined>): DemoPorts {
  const read = Object.entries(portSettings).map(([name, { variable, usual }]) => {
    const given = env[variable];
    if (given === undefined || given === '') return [name, usual] as const;
    const port = Number(given);
    if (!Number.isInteger(port) || port < 1 || port > 65535)
      throw new DemoSettingError(`${variable} is "${given}"; a port is a number from 1 to 65535.`);
    return [name, port] as const;
  });
  const ports = Object.fromEntries(read) as unknown as DemoPorts;
  for (const [name, port] of read) {
    const other = read.find(([otherName, otherPort]) => otherName !== name && otherPort === port);
    if (other)
      throw new DemoSettingError(
        `Port ${port} stands for ${portSettings[name as PortName].what} and for ${portSettings[other[0] as PortName].what}. Give ${portSettings[name as PortName].variable} another value.`,
      );
  }
  return ports;
}
