import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveWorker } from './child-process.ts';

/**
 * A storage at the end of a line: every connection carries 25 Mbit/s and no more, and an answer takes 20 ms. That is what
 * people measured against Intune's storage: a connection alone is slow, however fast the line.
 */
const bytesPerSecond = 25_000_000 / 8;
const roundTripMs = 20;

let bytes = 0;
const server = createServer(async (request, response) => {
  let due = performance.now() + roundTripMs;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    due += (chunk.length / bytesPerSecond) * 1000;
    const early = due - performance.now();
    // Not reading holds the sender back.
    if (early > 1) await sleep(early);
  }
  response.writeHead(201, { 'content-length': 0 });
  response.end();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

serveWorker<object, { port: number; bytes: number }>(async () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  const answer = { port: address.port, bytes };
  bytes = 0;
  return answer;
});
