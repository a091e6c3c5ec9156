import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutbound } from '../src/network/outbound.ts';
import { openHttpRangeSource } from '../src/packages/http-range-source.ts';
import { readPackage } from '../src/packages/read-package.ts';
import { buildApk } from '../test/packages/fixtures/apk-file.ts';
import { buildAppx } from '../test/packages/fixtures/appx-file.ts';
import { buildDmg, notesApp } from '../test/packages/fixtures/dmg-file.ts';
import { buildExe } from '../test/packages/fixtures/exe-file.ts';
import { buildIntunewin } from '../test/packages/fixtures/intunewin-file.ts';
import { buildIpa } from '../test/packages/fixtures/ipa-file.ts';
import { buildMsi } from '../test/packages/fixtures/msi-file.ts';
import { buildProduct } from '../test/packages/fixtures/pkg-file.ts';
import { type Benchmark, median, rounded } from './figure.ts';

const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;
const rounds = 5;

/** A file that is mostly zeros: what stands before them, how many, what stands behind. */
interface Large {
  head: Buffer;
  gap: number;
  tail: Buffer;
}

/** The same archive with room before its directory, as a signing block has, so large that numbers need 64 bits. */
function withGap(zip: Buffer, gap: number): Large {
  const end = zip.length - 22;
  const size = zip.readUInt32LE(end + 12);
  const start = zip.readUInt32LE(end + 16);
  const place = BigInt(start + gap);
  const large = Buffer.alloc(76);
  large.writeUInt32LE(0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeBigUInt64LE(BigInt(zip.readUInt16LE(end + 8)), 24);
  large.writeBigUInt64LE(BigInt(zip.readUInt16LE(end + 10)), 32);
  large.writeBigUInt64LE(BigInt(size), 40);
  large.writeBigUInt64LE(place, 48);
  large.writeUInt32LE(0x07064b50, 56);
  large.writeBigUInt64LE(place + BigInt(size), 64);
  large.writeUInt32LE(1, 72);
  const last = Buffer.from(zip.subarray(end));
  last.writeUInt32LE(0xffff_ffff, 16);
  return { head: zip.subarray(0, start), gap, tail: Buffer.concat([zip.subarray(start, end), large, last]) };
}

const followedBy = (head: Buffer, gap: number): Large => ({ head, gap, tail: Buffer.alloc(0) });

const packages: Readonly<Record<string, () => Large>> = {
  apk: () => withGap(buildApk(), 4 * gibibyte),
  msix: () => withGap(buildAppx(), 4 * gibibyte),
  ipa: () => withGap(buildIpa(), 2 * gibibyte - mebibyte),
  exe: () => followedBy(buildExe({ versions: { '040904b0': { ProductName: 'Notes' } } }), gibibyte),
  pkg: () => followedBy(buildProduct(), gibibyte),
  msi: () => followedBy(buildMsi(), 0),
  intunewin: () => followedBy(buildIntunewin(), 0),
  dmg: () => followedBy(buildDmg([notesApp]), 0),
};

function bytesOf({ head, gap, tail }: Large, from: number, to: number): Buffer {
  const parts = [
    head.subarray(Math.min(from, head.length), Math.min(to, head.length)),
    Buffer.alloc(Math.max(0, Math.min(to, head.length + gap) - Math.max(from, head.length))),
    tail.subarray(Math.max(0, from - head.length - gap), Math.max(0, to - head.length - gap)),
  ];
  return Buffer.concat(parts);
}

async function measure(name: string, file: Large): Promise<{ seconds: number; bytes: number; requests: number }> {
  const size = file.head.length + file.gap + file.tail.length;
  let bytes = 0;
  let requests = 0;
  const server = createServer((request, response) => {
    const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const from = Number(first);
    // Without an end nobody means all of it: a client that only looks goes away after the head.
    const to = Math.min(last === '' ? from + mebibyte : Number(last) + 1, size);
    const body = request.method === 'HEAD' ? Buffer.alloc(0) : bytesOf(file, from, to);
    requests += 1;
    bytes += body.length;
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      etag: '"v1"',
      'accept-ranges': 'bytes',
      'content-length': request.method === 'HEAD' ? size : body.length,
      ...(request.headers.range === undefined ? {} : { 'content-range': `bytes ${from}-${to - 1}/${size}` }),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const outbound = createOutbound({ privateHosts: [host] });
  try {
    const startedAt = performance.now();
    const link = `http://${host}/package.${name}`;
    const source = await openHttpRangeSource({ outbound, link, maxBytes: 64 * gibibyte });
    await readPackage(source, `package.${name}`);
    await source.close();
    return { seconds: (performance.now() - startedAt) / 1000, bytes, requests };
  } finally {
    await outbound.close();
    server.closeAllConnections();
    server.close();
  }
}

const largest = ['apk', 'msix'];

export const benchmark: Benchmark = {
  names: ['inspect.bytes', ...Object.keys(packages).map((name) => `inspect.${name}`)],
  async *run({ wanted, say }) {
    let most = 0;
    for (const [name, make] of Object.entries(packages)) {
      const isLargest = largest.includes(name);
      if (!wanted(`inspect.${name}`) && !(isLargest && wanted('inspect.bytes'))) continue;
      const file = make();
      const size = file.head.length + file.gap + file.tail.length;
      const runs: Awaited<ReturnType<typeof measure>>[] = [];
      for (let round = 0; round < rounds; round += 1) runs.push(await measure(name, file));
      const bytes = Math.max(...runs.map((run) => run.bytes));
      if (isLargest) most = Math.max(most, bytes);
      const read = `${Math.ceil(bytes / 1024)} KiB in ${runs[0]?.requests ?? 0} requests`;
      say(`inspect.${name}: ${read}`);
      if (!wanted(`inspect.${name}`)) continue;
      yield {
        name: `inspect.${name}`,
        value: rounded(median(runs.map((run) => run.seconds)) * 1000),
        unit: 'ms',
        baseline: null,
        ratio: null,
        goal: '<=10000',
        note: `a package of ${rounded(size / mebibyte)} MiB behind a link on this machine; ${read}`,
      };
    }
    if (!wanted('inspect.bytes')) return;
    yield {
      name: 'inspect.bytes',
      value: rounded(most / mebibyte),
      unit: 'MiB',
      baseline: null,
      ratio: null,
      goal: '<=2',
      note: 'bytes that the server sent for the facts of an APK and an MSIX of 4 GiB, the larger of the two; the first look at the link included',
    };
  },
};
