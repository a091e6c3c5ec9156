import { Socket } from 'node:net';
import { checkedConnector } from '../../src/network/checked-connect.ts';
import { ProblemError } from '../../src/problems/problem.ts';

type Connector = ReturnType<typeof checkedConnector>;

function socketTo(remoteAddress: string): Socket {
  return Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
}

function dial(hostname: string, base: Connector): Promise<{ error: Error | null; socket: unknown }> {
  return new Promise((resolve) => {
    checkedConnector(base)({ hostname, protocol: 'https:', port: '443' }, (error, socket) =>
      resolve({ error, socket }),
    );
  });
}

describe('a connection to a host that somebody named', () => {
  it.each(['127.0.0.1', '169.254.169.254', '[::1]', '::ffff:10.0.0.1'])('is never dialled to %s', async (hostname) => {
    let dialled = false;
    const { error } = await dial(hostname, (_target, callback) => {
      dialled = true;
      callback(null, socketTo('8.8.8.8'));
    });

    expect(error).toBeInstanceOf(ProblemError);
    expect(dialled).toBe(false);
  });

  it('is cut when the peer turns out to be private', async () => {
    const socket = socketTo('10.1.2.3');

    const { error } = await dial('packages.example', (_target, callback) => callback(null, socket));

    expect((error as ProblemError).problem.code).toBe('hostRefused');
    expect(socket.destroyed).toBe(true);
  });

  it('is handed over when the peer is public', async () => {
    const socket = socketTo('8.8.8.8');

    const dialled = await dial('packages.example', (_target, callback) => callback(null, socket));

    expect(dialled).toEqual({ error: null, socket });
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  it('keeps the fault of a connection that was not made', async () => {
    const fault = new Error('ECONNREFUSED');

    const { error } = await dial('packages.example', (_target, callback) => callback(fault, null));

    expect(error).toBe(fault);
  });
});
