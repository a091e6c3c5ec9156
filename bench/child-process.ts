import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Child extends AsyncDisposable {
  /** Processor time used so far, of all its threads. */
  cpuSeconds(): number;
  /** Asks it to end, then makes it end. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  script: URL;
  args?: readonly string[];
  /** The whole environment, apart from the path. */
  env?: Record<string, string>;
  nodeOptions?: readonly string[];
  signal: AbortSignal;
}

const endsWithin = 10_000;

function start(
  { script, args = [], env = {}, nodeOptions = [], signal }: ChildOptions,
  stdio: (number | 'ipc' | 'ignore' | 'inherit')[],
) {
  const child = spawn(process.execPath, [...nodeOptions, fileURLToPath(script), ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio,
    serialization: 'advanced',
    signal,
    killSignal: 'SIGKILL',
  });
  // An aborted child reports that as an error; its end is what everybody waits for.
  child.on('error', () => undefined);
  return child;
}

const hasEnded = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), endsWithin);
  await ended;
  clearTimeout(timer);
}

const lastSign = (child: ChildProcess) => child.signalCode ?? `code ${child.exitCode}`;

/** Linux counts in hundredths of a second: proc(5), fields 14 and 15; the name before them may hold anything. */
function cpuSecondsOf(child: ChildProcess): number {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) / 100;
}

export interface Service extends Child {
  readonly startedAt: number;
  /** Polls until the address answers 200; throws with the service's last words if it ends before. */
  answers(url: string, withinMs: number): Promise<void>;
}

/** A program as it is started in production: it says what it says into a file, and is known by its address. */
export function startService(options: ChildOptions): Service {
  const folder = mkdtempSync(join(tmpdir(), 'bench-service-'));
  const words = join(folder, 'output');
  const output = openSync(words, 'w');
  const startedAt = performance.now();
  const child = start(options, ['ignore', output, output] as (number | 'ignore')[]);
  closeSync(output);
  const end = async () => {
    await stop(child);
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    cpuSeconds: () => cpuSecondsOf(child),
    startedAt,
    stop: end,
    [Symbol.asyncDispose]: end,
    async answers(url, withinMs) {
      for (;;) {
        options.signal.throwIfAborted();
        if (hasEnded(child))
          throw new Error(
            `${options.script.pathname} ended with ${lastSign(child)}:\n${readFileSync(words, 'utf8').slice(-3000)}`,
          );
        const status = await fetch(url, { headers: { connection: 'close' } }).then(
          async (response) => {
            await response.body?.cancel();
            return response.status;
          },
          () => 0,
        );
        if (status === 200) return;
        if (performance.now() - startedAt > withinMs)
          throw new Error(`${url} did not answer in time:\n${readFileSync(words, 'utf8').slice(-3000)}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

export interface Worker<Request, Answer> extends Child {
  /** One at a time. */
  ask(request: Request): Promise<Answer>;
}

/** A program of the bench that is told what to do over a channel and ends when the channel does. */
export function startWorker<Request extends object, Answer>(options: ChildOptions): Worker<Request, Answer> {
  const child = start(options, ['ignore', 'inherit', 'inherit', 'ipc']);
  const end = () => stop(child);
  return {
    cpuSeconds: () => cpuSecondsOf(child),
    stop: end,
    [Symbol.asyncDispose]: end,
    ask: (request) =>
      new Promise((resolve, reject) => {
        const done = () => {
          child.off('message', answered);
          child.off('exit', ended);
        };
        const answered = (message: { answer: Answer } | { failure: string }) => {
          done();
          if ('failure' in message) reject(new Error(message.failure));
          else resolve(message.answer);
        };
        const ended = () => {
          done();
          reject(new Error(`${options.script.pathname} ended with ${lastSign(child)}`));
        };
        if (hasEnded(child)) return ended();
        child.on('message', answered);
        child.on('exit', ended);
        child.send(request, (error) => {
          if (error !== null) ended();
        });
      }),
  };
}

/** The worker's side. */
export function serveWorker<Request, Answer>(handle: (request: Request) => Promise<Answer>): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (request: Request) => {
    handle(request).then(
      (answer) => process.send?.({ answer }),
      (error: unknown) =>
        process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}

/** A port that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port was given');
  return address.port;
}
