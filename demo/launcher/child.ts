import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface ChildOptions {
  name: string;
  /** Arguments for the Node that runs the launcher. */
  args: readonly string[];
  /** The whole environment: nothing of the caller's leaks in, such as a real bot's app id. */
  env: Record<string, string>;
  cwd: string;
  logFile: string;
  /** A further log that the program writes by itself. */
  detailsFile?: string;
  /** Milliseconds between asking it to end and ending it. */
  patience?: number;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  name: string;
  pid: number;
  exited: Promise<Exit>;
  lastLines(count: number): Promise<string>;
  stop(): Promise<void>;
}

const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot', 'TEMP'];

/** What every program needs of its surroundings. */
export const bareEnvironment = (): Record<string, string> =>
  Object.fromEntries(inherited.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));

export async function startChild(options: ChildOptions): Promise<Child> {
  const boundToParent = new URL('./bound-to-parent.ts', import.meta.url).href;
  const log = openSync(options.logFile, 'w', 0o600);
  const child = spawn(process.execPath, ['--import', boundToParent, ...options.args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', log, log, 'ipc'],
    // A group of its own: Ctrl-C in the terminal reaches the launcher alone, which then ends the children in order.
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  child.channel?.unref();
  return {
    name: options.name,
    pid: child.pid ?? 0,
    exited,
    lastLines: async (count) => {
      const files = [options.logFile, ...(options.detailsFile === undefined ? [] : [options.detailsFile])];
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
      return texts.join('').trimEnd().split('\n').slice(-count).join('\n');
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const patience = new AbortController();
      const isOver = await Promise.race([
        exited.then(() => true),
        wait(options.patience ?? 10_000, false, { signal: patience.signal }).catch(() => false),
      ]);
      patience.abort();
      if (isOver) return;
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export const pathOf = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** Asks `url` until it answers 200; false when the child ended or the time is over. */
export async function isReady(child: Child, url: string, patience: number): Promise<boolean> {
  const until = Date.now() + patience;
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  while (!ended && Date.now() < until) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.status === 200) return true;
    await wait(100);
  }
  return false;
}
