import { startWorker } from './child-process.ts';
import type { DiscardAnswer } from './discard-process.ts';
import type { Benchmark } from './figure.ts';
import type { MemoryAnswer, MemoryRequest } from './memory-process.ts';

const mebibyte = 1024 * 1024;
const gibibytes = [1, 4, 16] as const;
const nameOf = (size: number) => `publish.memory.${size}g`;

export const benchmark: Benchmark = {
  names: gibibytes.map(nameOf),
  async *run({ wanted, signal, say }) {
    const growths: string[] = [];
    for (const size of gibibytes.filter((one) => wanted(nameOf(one)))) {
      await using storage = startWorker<object, DiscardAnswer>({
        script: new URL('./discard-process.ts', import.meta.url),
        signal,
      });
      await using upload = startWorker<MemoryRequest, MemoryAnswer>({
        script: new URL('./memory-process.ts', import.meta.url),
        signal,
      });
      const { port } = await storage.ask({});
      const result = await upload.ask({ storagePort: port, bytes: size * 1024 * mebibyte });
      const received = (await storage.ask({})).bytes;
      if (received < result.sizeEncrypted)
        throw new Error(`The storage received ${received} of ${result.sizeEncrypted} bytes`);
      const growth = Math.round((result.peak - result.before) / mebibyte);
      const speed = Math.round((size * 1024) / result.seconds);
      growths.push(`${growth} MiB at ${size} GiB`);
      say(`${nameOf(size)}: ${growth} MiB over ${Math.round(result.before / mebibyte)} MiB, ${speed} MiB/s`);
      yield {
        name: nameOf(size),
        value: growth,
        unit: 'MiB',
        baseline: null,
        ratio: null,
        goal: '<=96',
        note:
          `peak resident memory of the uploading process over what it held after an upload of 1 MiB ` +
          `(${Math.round(result.before / mebibyte)} MiB); generated source, read as a stored package is, ${speed} MiB/s; flat means alike: ${growths.join(', ')}`,
      };
    }
  },
};
