import { createServer } from 'node:net';
import { type DemoPorts, type PortName, portSettings } from './settings.ts';

const hosts = ['127.0.0.1', '::1', '0.0.0.0'];

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'),
    );
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** One sentence per port that somebody else has, with the way out. */
export async function complaintsAboutPorts(ports: DemoPorts): Promise<string[]> {
  const complaints: string[] = [];
  for (const [name, port] of Object.entries(ports) as [PortName, number][]) {
    let free = true;
    for (const host of hosts) free &&= await isFree(port, host);
    if (free) continue;
    const { variable, what } = portSettings[name];
    complaints.push(
      `Port ${port}, wanted for ${what}, is taken by another program. End that program, or choose another port: ${variable}=${port + 1000 > 65535 ? port - 1000 : port + 1000} npm run demo`,
    );
  }
  return complaints;
}
