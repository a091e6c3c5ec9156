import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const startScript = fileURLToPath(new URL('../../src/start.js', import.meta.url));
const startsWithinMs = 150_000;

/** `npm run worker` as a process of its own, which can be killed at any moment. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #said = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit');
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (words: Buffer) => {
        this.#said = (this.#said + words.toString('utf8')).slice(-20_000);
      });
  }

  /** Resolves when the worker takes jobs. */
  static async start(env: Readonly<Record<string, string>>): Promise<WorkerProcess> {
    const child = spawn(process.execPath, [startScript, 'worker'], {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const worker = new WorkerProcess(child);
    const end = Date.now() + startsWithinMs;
    while (!worker.#said.includes('The worker is ready')) {
      if (child.exitCode !== null || Date.now() > end) {
        child.kill('SIGKILL');
        throw new Error(`The worker did not start: ${worker.#said}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return worker;
  }

  /** At once, as when the machine fails: nothing is finished, nothing is handed back. */
  async kill(): Promise<void> {
    if (this.#hasEnded()) return;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async stop(): Promise<void> {
    if (this.#hasEnded()) return;
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 30_000);
    await this.#ended;
    clearTimeout(late);
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
