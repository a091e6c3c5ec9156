import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createBlockSender } from '../../../src/graph/content/block-sender.ts';
import {
  type AcknowledgedBlock,
  ContentChangedError,
  type UploadContentOptions,
  uploadContent,
} from '../../../src/graph/content/block-upload.ts';
import { newContentKeys } from '../../../src/graph/content/content-keys.ts';
import { blockCount, encryptedSize } from '../../../src/graph/content/content-layout.ts';
import type { SasSource } from '../../../src/graph/content/sas-lease.ts';
import { createOutbound, type Outbound } from '../../../src/network/outbound.ts';
import type { ByteSource } from '../../../src/packages/byte-source.ts';
import { BriskClock } from '../../fakes/brisk-clock.ts';
import { openContent, patternBytes } from '../../fakes/content.ts';
import { problemOf } from '../../fakes/problem-of.ts';
import { FakeStorage } from '../../fakes/storage.ts';

const blockSize = 4_096;
const plain = patternBytes(blockSize * 20 + 777);
const count = blockCount(encryptedSize(plain.length), blockSize);
const keys = newContentKeys();

let storage: FakeStorage;
let outbound: Outbound;
let clock: BriskClock;
let acknowledged: Map<number, string>;

beforeEach(async () => {
  clock = new BriskClock();
  storage = await new FakeStorage({ now: () => clock.now() }).start();
  outbound = createOutbound({ privateHosts: [storage.host] });
  acknowledged = new Map();
});

afterEach(async () => {
  await outbound.close();
  await storage.stop();
});

function sourceOf(bytes: Buffer, chunk = 1_000): ByteSource {
  return {
    size: bytes.length,
    read: () => Promise.reject(new Error('not used')),
    stream: () =>
      Readable.from(
        (function* () {
          for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
        })(),
        { objectMode: false },
      ),
    close: async () => undefined,
  };
}

/** Addresses `s0`, `s1`, … each good for `lifetimeMs`. */
function addresses(lifetimeMs = Number.POSITIVE_INFINITY): SasSource & { renewals: number } {
  let uri = storage.grant('s0', clock.now() + lifetimeMs);
  const source = {
    renewals: 0,
    current: async () => uri,
    async instead(refused: string) {
      if (uri === refused) {
        source.renewals += 1;
        uri = storage.grant(`s${source.renewals}`, clock.now() + lifetimeMs);
      }
      return uri;
    },
  };
  return source;
}

function upload(changes: Partial<UploadContentOptions> = {}) {
  return uploadContent({
    source: sourceOf(plain),
    keys,
    blockSize,
    uri: changes.uri ?? addresses(),
    put: createBlockSender({ outbound, isStorageHost: (url) => url.host === storage.host }),
    acknowledged,
    onBlock: async ({ index, digest }) => {
      acknowledged.set(index, digest);
    },
    clock,
    signal: new AbortController().signal,
    random: () => 0.5,
    ...changes,
  });
}

function expectWholeFile(bytes = plain): void {
  const opened = openContent(storage.committed() ?? Buffer.alloc(64), keys);
  expect(opened.plain.equals(bytes)).toBe(true);
  expect(opened.mac).toBe(opened.expectedMac);
}

/** Indexes that were taken more than once. */
const takenTwice = () => storage.taken.filter((index, at, all) => all.indexOf(index) !== at);

describe('an upload', () => {
  it('puts a file into the storage that opens with its keys', async () => {
    const seal = await upload();
    expectWholeFile();
    expect(seal.fileDigest.equals(createHash('sha256').update(plain).digest())).toBe(true);
    expect(storage.committed()?.subarray(0, 32).equals(seal.mac)).toBe(true);
    expect(storage.committedTimes).toBe(1);
  });

  it('sends block 0 last, and every block once', async () => {
    await upload();
    expect(storage.taken.at(-1)).toBe(0);
    expect([...storage.taken].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  it.each([0, 1, 16, blockSize - 48 - 1, blockSize - 48, 2 * blockSize - 48])('works for %d bytes', async (size) => {
    const bytes = patternBytes(size);
    await upload({ source: sourceOf(bytes) });
    expectWholeFile(bytes);
  });

  it('sends several blocks at a time, but never more than its width', async () => {
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let begun = 0;
    storage.fault = () => {
      begun += 1;
      if (begun === 4) letGo();
      return { until: gate };
    };
    await upload({ width: { start: 4, max: 6 } });
    expect(storage.widest).toBeGreaterThanOrEqual(4);
    expect(storage.widest).toBeLessThanOrEqual(6);
    expectWholeFile();
  });

  it('holds no more blocks in memory than its width and two', async () => {
    let read = 0;
    let taken = 0;
    let furthestAhead = 0;
    const source = sourceOf(plain, blockSize);
    const counting: ByteSource = {
      ...source,
      stream: () =>
        Readable.from(
          (async function* () {
            for await (const chunk of source.stream()) {
              read += 1;
              furthestAhead = Math.max(furthestAhead, read - taken);
              yield chunk;
            }
          })(),
          { objectMode: false, highWaterMark: 1 },
        ),
    };
    await upload({
      source: counting,
      width: { start: 2, max: 2 },
      onBlock: async () => {
        taken += 1;
      },
    });
    // Four blocks, the two plain buffers that are being filled and enciphered, and what the stream has read ahead.
    expect(furthestAhead).toBeLessThanOrEqual(2 + 2 + 2 + 2);
    expectWholeFile();
  });

  it('reports the bytes that have arrived', async () => {
    const reported: number[] = [];
    await upload({ onProgress: (bytes) => reported.push(bytes) });
    expect(reported.at(-1)).toBe(encryptedSize(plain.length));
    expect([...reported].sort((a, b) => a - b)).toEqual(reported);
  });

  it('counts a block only when it was remembered', async () => {
    const failure = new Error('The database is away');
    await expect(upload({ onBlock: () => Promise.reject(failure) })).rejects.toBe(failure);
    expect(storage.committed()).toBeNull();
  });

  it('finishes nothing when the bytes turn out to be wrong', async () => {
    const failure = new Error('Not what was promised');
    await expect(
      upload({
        onSealed: () => {
          throw failure;
        },
      }),
    ).rejects.toBe(failure);
    expect(storage.taken).not.toContain(0);
    expect(storage.committed()).toBeNull();
  });

  it('stops when it is told to, with the reason it was given', async () => {
    const controller = new AbortController();
    const reason = new Error('Cancelled');
    await expect(
      upload({
        signal: controller.signal,
        onBlock: async () => controller.abort(reason),
      }),
    ).rejects.toBe(reason);
    expect(storage.committed()).toBeNull();
  });

  it('refuses a host that is not of the cloud', async () => {
    const put = createBlockSender({ outbound, isStorageHost: () => false });
    expect(await problemOf(upload({ put }))).toMatchObject({ code: 'storageHostRefused' });
    expect(storage.answered).toEqual([]);
  });
});

describe('an upload over a bad network', () => {
  it.each([
    ['503', { status: 503, code: 'ServerBusy' }],
    ['503 that asks for time', { status: 503, code: 'ServerBusy', retryAfter: 3 }],
    ['500', { status: 500, code: 'InternalError' }],
    ['a cut connection', 'cut' as const],
  ])('survives %s at every block', async (_, fault) => {
    storage.fault = ({ attempt }) => (attempt === 0 ? fault : undefined);
    await upload();
    expectWholeFile();
    expect(takenTwice()).toEqual([]);
  });

  it('waits as long as the storage asks', async () => {
    storage.fault = ({ index, attempt }) =>
      index === 3 && attempt === 0 ? { status: 503, code: 'ServerBusy', retryAfter: 7 } : undefined;
    await upload();
    expect(clock.slept.some((ms) => ms >= 7_000)).toBe(true);
  });

  it('sends fewer blocks at a time after a burst of 503', async () => {
    let failing = true;
    let widestAfter = 0;
    let underway = 0;
    storage.fault = ({ attempt }) => {
      if (failing && attempt === 0) return { status: 503, code: 'ServerBusy' };
      underway += 1;
      widestAfter = Math.max(widestAfter, underway);
      return { until: new Promise((resolve) => setImmediate(resolve)).then(() => (underway -= 1)) };
    };
    const stopFailing = async (block: AcknowledgedBlock) => {
      acknowledged.set(block.index, block.digest);
      failing = false;
    };
    await upload({
      width: { start: 4, max: 8 },
      onBlock: stopFailing,
      source: sourceOf(plain.subarray(0, blockSize * 6)),
    });
    expect(widestAfter).toBeLessThanOrEqual(4);
    expectWholeFile(plain.subarray(0, blockSize * 6));
  });

  it('gives up a block that never arrives, and says so', async () => {
    storage.fault = ({ index }) => (index === 5 ? { status: 503, code: 'ServerBusy' } : undefined);
    expect(await problemOf(upload())).toMatchObject({
      code: 'uploadFailed',
      retryable: true,
      ids: { serviceCode: 'ServerBusy' },
    });
    expect(storage.committed()).toBeNull();
  });

  it('does not repeat what the storage refuses for good', async () => {
    storage.fault = ({ index }) => (index === 5 ? { status: 413, code: 'RequestBodyTooLarge' } : undefined);
    expect(await problemOf(upload())).toMatchObject({ code: 'uploadFailed' });
    expect(storage.answered.filter((block) => block.index === 5)).toHaveLength(1);
  });

  it('gives a slow block its time and then tries again', async () => {
    let answer = () => {};
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    storage.fault = ({ index, attempt }) => (index === 2 && attempt === 0 ? { until: late } : undefined);
    const put = createBlockSender({ outbound, isStorageHost: () => true, timeoutMs: () => 200 });
    await upload({ put });
    answer();
    expectWholeFile();
  });
});

describe('an upload address that is refused', () => {
  it('is tried three times more before it is renewed', async () => {
    const uri = addresses();
    storage.fault = ({ index, attempt }) =>
      index === 4 && attempt < 3 ? { status: 403, code: 'AuthorizationFailure' } : undefined;
    await upload({ uri });
    expect(uri.renewals).toBe(0);
    expectWholeFile();
  });

  it('is renewed when it has expired, and nothing that arrived is sent again', async () => {
    const uri = addresses(60_000);
    const onBlock = async ({ index }: AcknowledgedBlock) => {
      if (index % 7 === 0) clock.advance(60_001);
    };
    await upload({ uri, onBlock });
    expect(uri.renewals).toBeGreaterThanOrEqual(1);
    expect(takenTwice()).toEqual([]);
    expectWholeFile();
  });

  it('ends the upload when new addresses are refused too', async () => {
    storage.fault = () => ({ status: 403, code: 'AuthenticationFailed' });
    const uri = addresses();
    expect(await problemOf(upload({ uri }))).toMatchObject({
      code: 'uploadFailed',
      ids: { serviceCode: 'AuthenticationFailed' },
    });
    // Four blocks travel, and each asks for three new addresses at most.
    expect(uri.renewals).toBeLessThanOrEqual(12);
  });
});

describe('an upload that goes on', () => {
  /** Uploads until `blocks` have been remembered, then breaks. */
  async function interrupted(blocks: number): Promise<void> {
    const failure = new Error('The process was killed');
    const onBlock = async ({ index, digest }: AcknowledgedBlock) => {
      if (acknowledged.size >= blocks) throw failure;
      acknowledged.set(index, digest);
    };
    await expect(upload({ onBlock })).rejects.toBe(failure);
    expect(acknowledged.size).toBe(blocks);
    await storage.quiet();
    storage.answered.length = 0;
  }

  it.each([1, 2, 7, 19, 20])('after %d blocks sends only the others', async (blocks) => {
    await interrupted(blocks);
    const before = new Set(acknowledged.keys());
    await upload();
    const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !before.has(index));
    expect([...new Set(storage.taken)].sort((a, b) => a - b)).toEqual(missing);
    expectWholeFile();
  });

  it('fills gaps that were left between acknowledged blocks', async () => {
    await upload();
    storage.answered.length = 0;
    for (const gap of [0, 3, 8, 9]) acknowledged.delete(gap);
    await upload();
    expect([...storage.taken].sort((a, b) => a - b)).toEqual([0, 3, 8, 9]);
    expectWholeFile();
  });

  it('only repeats the block list when everything had arrived', async () => {
    await upload();
    storage.answered.length = 0;
    await upload();
    expect(storage.answered).toEqual([]);
    expect(storage.committedTimes).toBe(2);
    expectWholeFile();
  });

  it.each([
    ['in an acknowledged block', 5 * blockSize],
    ['before all acknowledged blocks', 10],
    ['in a gap before the last acknowledged block', 3 * blockSize + 100],
  ])('sends nothing when the bytes differ %s', async (_, at) => {
    await interrupted(12);
    acknowledged.delete(3);
    const changed = Buffer.from(plain);
    changed[at] = (changed[at]! + 1) & 0xff;
    // Asked for, not only answered: what leaves is seen, whether or not the storage keeps it.
    const left: string[] = [];
    const put = {
      putBlock: async (_uri: string, id: string) => void left.push(id),
      putBlockList: async () => void left.push('list'),
    };
    await expect(upload({ source: sourceOf(changed), put })).rejects.toBeInstanceOf(ContentChangedError);
    expect(left).toEqual([]);
  });

  it('does not take blocks of other keys for its own', async () => {
    await interrupted(6);
    await expect(upload({ keys: newContentKeys() })).rejects.toBeInstanceOf(ContentChangedError);
    expect(storage.answered).toEqual([]);
  });
});
