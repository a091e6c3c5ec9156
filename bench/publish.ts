import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileSource } from '../src/packages/file-source.ts';
import { startWorker } from './child-process.ts';
import { contentUpload } from './content-upload.ts';
import type { DiscardAnswer } from './discard-process.ts';
import { alternate, type Benchmark, median, rounded } from './figure.ts';

const mebibyte = 1024 * 1024;
const size = 512 * mebibyte;
const rounds = 7;
/** With larger pieces the baseline is slower, because they leave the processor's cache. */
const piece = 64 * 1024;

/** Seconds that one thread needs for what Intune asks of every byte. */
function encryptOnOneThread(bytes: Buffer): number {
  const startedAt = performance.now();
  const cipher = createCipheriv('aes-256-cbc', randomBytes(32), randomBytes(16));
  const digest = createHash('sha256');
  const mac = createHmac('sha256', randomBytes(32));
  for (let from = 0; from < bytes.length; from += piece) {
    const part = bytes.subarray(from, from + piece);
    digest.update(part);
    mac.update(cipher.update(part));
  }
  mac.update(cipher.final()).digest();
  digest.digest();
  return (performance.now() - startedAt) / 1000;
}

export const benchmark: Benchmark = {
  names: ['publish.throughput'],
  async *run({ signal, say }) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-publish-'));
    try {
      const path = join(folder, 'package.bin');
      for (let written = 0; written < size; written += 64 * mebibyte)
        writeFileSync(path, randomBytes(64 * mebibyte), { flag: 'a' });
      const bytes = readFileSync(path);
      await using storage = startWorker<object, DiscardAnswer>({
        script: new URL('./discard-process.ts', import.meta.url),
        signal,
      });
      await using content = contentUpload((await storage.ask({})).port);
      const speed = (seconds: number) => size / mebibyte / seconds;
      const upload = async () => {
        await storage.ask({});
        const source = await openFileSource(path);
        const startedAt = performance.now();
        const expected = await content.upload(source, signal);
        const seconds = (performance.now() - startedAt) / 1000;
        await source.close();
        const received = (await storage.ask({})).bytes;
        if (received < expected) throw new Error(`The storage received ${received} of ${expected} bytes`);
        say(`publish.throughput: ${Math.round(speed(seconds))} MiB/s`);
        return speed(seconds);
      };
      const encrypt = async () => {
        const result = speed(encryptOnOneThread(bytes));
        say(`publish.throughput: one thread ${Math.round(result)} MiB/s`);
        return result;
      };
      await encrypt();
      await upload();
      const results = await alternate(rounds, upload, encrypt);
      const [value, baseline] = [median(results.subject), median(results.baseline)];
      yield {
        name: 'publish.throughput',
        value: Math.round(value),
        unit: 'MiB/s',
        baseline: Math.round(baseline),
        ratio: rounded(value / baseline),
        goal: '>=1.0',
        note:
          `${size / mebibyte} MiB from a file in the page cache to a discarding server in a process of its own on the same ` +
          `cores, ${rounds} rounds; baseline: one thread over the same bytes in memory, in pieces of ${piece / 1024} KiB`,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
