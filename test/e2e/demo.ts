import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Below the range from which the system takes ports for whatever else runs: what is free now is free when the demo starts. */
async function freePort(): Promise<number> {
  const port = randomInt(20_000, 30_000);
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Credential {
  displayName: string;
  tenantId: string;
  clientId: string;
  authUrl: string;
  secrets: { secretId: string; displayName: string; value: string }[];
}

export interface CloudState {
  credentials: Credential[];
  tenants: {
    id: string;
    displayName: string;
    apps: {
      id: string;
      type: string;
      displayName: string;
      version: string | null;
      publishingState: string;
      committedContentVersion: string | null;
      size: number;
      content: { plainSha256: string; size: number; verified: boolean } | null;
      receivers: string[];
      categories: string[];
      owner: string | null;
    }[];
  }[];
}

/** `npm run demo` as a newcomer starts it, on ports of its own and with an empty data folder. */
export class Demo {
  readonly playgroundUrl: string;
  readonly portalUrl: string;
  readonly #child: ChildProcess;
  #said = '';

  private constructor(child: ChildProcess, playgroundPort: number, portalPort: number) {
    this.#child = child;
    this.playgroundUrl = `http://127.0.0.1:${playgroundPort}`;
    this.portalUrl = `http://127.0.0.1:${portalPort}`;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
  }

  static async start(dataDir: string): Promise<Demo> {
    const names = ['BOT', 'PLAYGROUND', 'PORTAL', 'LOGIN', 'GRAPH', 'STORAGE'] as const;
    const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
    const child = spawn('npm', ['run', 'demo'], {
      cwd: root,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        DEMO_DATA_DIR: dataDir,
        ...Object.fromEntries(names.map((name) => [`DEMO_${name}_PORT`, String(ports[name])])),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const demo = new Demo(child, ports.PLAYGROUND ?? 0, ports.PORTAL ?? 0);
    await demo.#ready();
    return demo;
  }

  async #ready(): Promise<void> {
    const end = Date.now() + 90_000;
    while (!this.#said.includes('Ctrl-C ends everything')) {
      if (this.#child.exitCode !== null || Date.now() > end) throw new Error(`The demo did not start:\n${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async state(): Promise<CloudState> {
    return (await (await fetch(`${this.portalUrl}/state`)).json()) as CloudState;
  }

  /** A button of the local cloud's page. */
  async act(action: string, fields: Record<string, string>): Promise<void> {
    const body = new URLSearchParams(fields);
    const answer = await fetch(`${this.portalUrl}/${action}`, { method: 'POST', body, redirect: 'manual' });
    if (answer.status !== 303) throw new Error(`The local cloud answered ${answer.status}`);
  }

  /** The certificate's upload on the local cloud's page. */
  async trust(clientId: string, certificate: Buffer): Promise<void> {
    const body = new FormData();
    body.set('app', clientId);
    body.set('file', new Blob([new Uint8Array(certificate)]), 'certificate.cer');
    const answer = await fetch(`${this.portalUrl}/certificates`, { method: 'POST', body, redirect: 'manual' });
    if (answer.status !== 303) throw new Error(`The local cloud answered ${answer.status}`);
  }

  /** Switches a fault of the local cloud on or off, as its page does. */
  async fault(name: string, on: boolean): Promise<void> {
    await this.act('faults', { name, switch: on ? 'on' : 'off' });
  }

  /** As Ctrl-C does; resolves when the launcher and all it started have ended. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.#child.once('exit', resolve));
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGINT');
    return ended;
  }
}
