import { paces } from '../demo/clock.ts';
import { ChaosWorld } from '../test/chaos/chaos-world.ts';
import { type Benchmark, median, rounded } from './figure.ts';

const size = 1024 ** 2;
const rounds = 5;
const { uploadUrl, commit, publishing } = paces.lifelike;
/** What Intune takes by itself, as the local cloud plays it. */
const baseline = (uploadUrl + commit + publishing) / 1000;

export const benchmark: Benchmark = {
  names: ['publish.small'],
  async *run({ signal, say }) {
    const world = await ChaosWorld.start(size, { pace: 'lifelike', jobConcurrency: 2 });
    try {
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const startedAt = performance.now();
        await world.startJob();
        while ((await world.open()) > 0) {
          signal.throwIfAborted();
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        times.push((performance.now() - startedAt) / 1000);
        say(`publish.small: ${times.at(-1)?.toFixed(2)} s`);
      }
      const wrong = (await world.fates()).filter(({ outcome, isVerified }) => outcome !== 'published' || !isVerified);
      if (wrong.length > 0) throw new Error(`${wrong.length} of ${rounds} were not published`);
      const value = median(times);
      yield {
        name: 'publish.small',
        value: rounded(value),
        unit: 's',
        baseline,
        ratio: rounded(value / baseline),
        goal: '<=1.5',
        note:
          `1 MiB from the confirmed plan to "published" with the whole product and the local cloud on the same cores, median of ${rounds}; ` +
          `baseline: ${uploadUrl} ms until there is an address, ${commit} ms until the content is checked, ${publishing} ms until it is published`,
      };
    } finally {
      await world.close();
    }
  },
};
