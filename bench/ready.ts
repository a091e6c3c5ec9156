import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchVaultKey } from './bots.ts';
import { freePort, startService } from './child-process.ts';
import { type Benchmark, median, rounded } from './figure.ts';

const starts = 5;
const startsWithin = 60_000;

/** As the demo starts it: without a registration, on the embedded database. */
async function start(dataDir: string, signal: AbortSignal): Promise<number> {
  const port = await freePort();
  await using service = startService({
    script: new URL('../src/start.js', import.meta.url),
    env: { HOST: '127.0.0.1', PORT: String(port), DATA_DIR: dataDir, QM_VAULT_KEYS: benchVaultKey, QM_DEMO: '1' },
    signal,
  });
  await service.answers(`http://127.0.0.1:${port}/readyz`, startsWithin);
  return performance.now() - service.startedAt;
}

export const benchmark: Benchmark = {
  names: ['ready'],
  async *run({ signal, say }) {
    const dataDir = mkdtempSync(join(tmpdir(), 'bench-ready-'));
    try {
      const first = await start(dataDir, signal);
      say(`ready: ${Math.round(first)} ms with an empty data folder`);
      const times: number[] = [];
      for (let i = 0; i < starts; i += 1) {
        times.push(await start(dataDir, signal));
        say(`ready: ${Math.round(times.at(-1) ?? 0)} ms`);
      }
      yield {
        name: 'ready',
        value: Math.round(median(times)),
        unit: 'ms',
        baseline: null,
        ratio: null,
        goal: '<=2000',
        note:
          `from the start of the process to the first 200 of /readyz, warm data folder, PGlite, median of ${starts}; ` +
          `${rounded(first)} ms with an empty one`,
      };
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
};
