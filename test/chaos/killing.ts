import type { ChaosWorld, CloudRequest } from './chaos-world.ts';
import { seededRandom } from './seeded-random.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Answers after which a worker is killed: what it asked for has happened, and it may not have noted it. */
const steps: Readonly<Record<string, (request: CloudRequest) => boolean>> = {
  createApp: ({ method, path }) => method === 'POST' && path.endsWith('/mobileApps'),
  createContentVersion: ({ method, path }) => method === 'POST' && path.endsWith('/contentVersions'),
  createFile: ({ method, path }) => method === 'POST' && path.endsWith('/files'),
  awaitUploadUri: ({ method, path }) => method === 'GET' && path.includes('/files/'),
  upload: ({ method, service }) => method === 'PUT' && service === 'storage',
  commit: ({ method, path }) => method === 'POST' && path.endsWith('/commit'),
  activate: ({ method, path }) => method === 'PATCH' && path.includes('/mobileApps/'),
};

export interface Killed {
  /** A step, or milliseconds after the worker's first request. */
  at: string;
}

/** Resolves with the moment that came: the step's answer, or the time, whichever was drawn. */
function moment(world: ChaosWorld, random: () => number): Promise<string> {
  const names = Object.keys(steps);
  const byTime = random() < 0.4;
  const name = names[Math.floor(random() * names.length)] ?? 'upload';
  const times = 1 + Math.floor(random() * (name === 'upload' ? 6 : 1));
  const delayMs = 50 + Math.floor(random() * 1_200);
  return new Promise((resolve) => {
    let seen = 0;
    world.onRequest = (request) => {
      if (byTime) {
        world.onRequest = () => undefined;
        setTimeout(() => resolve(`${delayMs} ms`), delayMs);
        return;
      }
      if (steps[name]?.(request) !== true) return;
      seen += 1;
      if (seen < times) return;
      world.onRequest = () => undefined;
      resolve(times > 1 ? `${name} ×${times}` : name);
    };
  });
}

const calmAfterMs = 45_000;

/** Kills one worker after the other, as many as there are jobs, and lets the last one finish what all have left. */
export async function killWorkers(
  world: ChaosWorld,
  { kills, seed, concurrency }: { kills: number; seed: number; concurrency: number },
): Promise<Killed[]> {
  const random = seededRandom(seed);
  const killed: Killed[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    await world.startJob();
    const came = moment(world, random);
    const worker: WorkerProcess = await world.startWorker(concurrency);
    // A worker that finds only jobs whose dead owners are not missed yet has nothing to do for a while.
    const calm = new Promise<string>((resolve) => setTimeout(() => resolve('nothing to do'), calmAfterMs).unref());
    const at = await Promise.race([came, calm]);
    await worker.kill();
    killed.push({ at });
  }
  world.onRequest = () => undefined;
  return killed;
}
