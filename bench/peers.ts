import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/graph/content/clock.ts';
import { openFileSource } from '../src/packages/file-source.ts';
import { poll } from '../src/publishing/poll.ts';
import { startWorker } from './child-process.ts';
import { contentUpload } from './content-upload.ts';
import { type Benchmark, rounded } from './figure.ts';

const mebibyte = 1024 * 1024;
const size = 128 * mebibyte;
const blockBytes = 6 * mebibyte;
/** Intune's side, as the local cloud plays it: an address, then the check of the content. */
const addressMs = 1_500;
const checkMs = 2_500;

type Look = () => boolean;
const readyAfter = (milliseconds: number): Look => {
  const at = performance.now() + milliseconds;
  return () => performance.now() >= at;
};

/** As most tools do it: a temporary file, three passes over it, one block after the other, a look every five seconds. */
async function asPeersDo(path: string, port: number, folder: string): Promise<void> {
  const waitFor = async (isReady: Look) => {
    while (!isReady()) await sleep(5_000);
  };
  await waitFor(readyAfter(addressMs));
  const encrypted = join(folder, 'encrypted.bin');
  await pipeline(
    createReadStream(path),
    createCipheriv('aes-256-cbc', randomBytes(32), randomBytes(16)),
    createWriteStream(encrypted),
  );
  const mac = createHmac('sha256', randomBytes(32));
  for await (const chunk of createReadStream(encrypted)) mac.update(chunk as Buffer);
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
  const file = await open(encrypted);
  try {
    for (let at = 0; ; at += blockBytes) {
      const block = Buffer.alloc(blockBytes);
      const { bytesRead } = await file.read(block, 0, blockBytes, at);
      if (bytesRead === 0) break;
      await fetch(`http://127.0.0.1:${port}/block`, { method: 'PUT', body: block.subarray(0, bytesRead) });
    }
  } finally {
    await file.close();
  }
  await waitFor(readyAfter(checkMs));
}

export const benchmark: Benchmark = {
  names: ['publish.peers'],
  async *run({ signal, say }) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-peers-'));
    try {
      const path = join(folder, 'package.bin');
      for (let written = 0; written < size; written += 32 * mebibyte)
        writeFileSync(path, randomBytes(32 * mebibyte), { flag: 'a' });
      await using storage = startWorker<object, { port: number; bytes: number }>({
        script: new URL('./shaped-process.ts', import.meta.url),
        signal,
      });
      const { port } = await storage.ask({});
      const timed = async (work: () => Promise<void>) => {
        const startedAt = performance.now();
        await work();
        const seconds = (performance.now() - startedAt) / 1000;
        const received = (await storage.ask({})).bytes;
        if (received < size) throw new Error(`The storage received ${received} of ${size} bytes`);
        return seconds;
      };
      await using content = contentUpload(port);
      const baseline = await timed(() => asPeersDo(path, port, folder));
      say(`publish.peers: as others do it ${baseline.toFixed(1)} s`);
      const value = await timed(async () => {
        const until = (isReady: Look) =>
          poll(async () => (isReady() ? true : null), {
            clock: systemClock,
            signal,
            limitMs: 60_000,
            timedOut: () => new Error('Too late'),
          });
        await until(readyAfter(addressMs));
        const source = await openFileSource(path);
        await content.upload(source, signal);
        await source.close();
        await until(readyAfter(checkMs));
      });
      yield {
        name: 'publish.peers',
        value: rounded(value),
        unit: 's',
        baseline: rounded(baseline),
        ratio: rounded(baseline / value),
        goal: '>=4',
        note:
          `${size / mebibyte} MiB to a storage that answers after 20 ms and takes 25 Mbit/s per connection, with ${addressMs} ms until ` +
          `there is an address and ${checkMs} ms until the content is checked; baseline: temporary file, three passes, blocks of 6 MiB ` +
          'one after the other, a look every 5 s; one round; ratio is baseline by value',
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
