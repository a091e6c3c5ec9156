import { once } from 'node:events';
import { createServer, Socket, type SocketConstructorOpts } from 'node:net';
import { serveWorker } from './child-process.ts';

/**
 * Takes whatever is put into it and keeps nothing. Node's http server spends four times as long on a body that nobody wants,
 * and on these few cores that would be measured instead of the product: here the kernel copies into one buffer for all.
 */
let bytes = 0;
const buffer = Buffer.alloc(1024 * 1024);
const created = 'HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n';

/** Reads requests off one connection: heads are looked at, bodies are counted. */
class Discarder {
  readonly #answer: () => void;
  #head = '';
  #bodyLeft = 0;

  constructor(answer: () => void) {
    this.#answer = answer;
  }

  take(arrived: Buffer): void {
    for (let at = 0; at < arrived.length; )
      at = this.#bodyLeft > 0 ? this.#body(arrived, at) : this.#headers(arrived, at);
  }

  #headers(arrived: Buffer, from: number): number {
    const before = this.#head.length;
    this.#head += arrived.toString('latin1', from);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return arrived.length;
    this.#bodyLeft = Number(/^content-length: *(\d+)/im.exec(this.#head.slice(0, end))?.[1] ?? 0);
    this.#head = '';
    if (this.#bodyLeft === 0) this.#answer();
    return from + end + 4 - before;
  }

  #body(arrived: Buffer, from: number): number {
    const part = Math.min(this.#bodyLeft, arrived.length - from);
    this.#bodyLeft -= part;
    bytes += part;
    if (this.#bodyLeft === 0) this.#answer();
    return from + part;
  }
}

/** Only a socket that Node makes for a client can be given a buffer, so the accepted one's handle moves into such a one. */
interface WithHandle {
  _handle: NonNullable<SocketConstructorOpts['handle']>;
}

const server = createServer({ pauseOnConnect: true }, (accepted) => {
  const socket = new Socket({
    handle: (accepted as unknown as WithHandle)._handle,
    onread: {
      buffer,
      callback(size) {
        discarder.take(buffer.subarray(0, size));
        return true;
      },
    },
  });
  const discarder = new Discarder(() => socket.write(created));
  socket.on('error', () => socket.destroy());
  socket.resume();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

export interface DiscardAnswer {
  port: number;
  /** Received since the last question. */
  bytes: number;
}

serveWorker<object, DiscardAnswer>(async () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  const answer = { port: address.port, bytes };
  bytes = 0;
  return answer;
});
