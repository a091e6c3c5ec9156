import { isIP } from 'node:net';
import type { buildConnector } from 'undici';
import { ProblemError } from '../problems/problem.ts';
import { isPublicAddress } from './public-address.ts';

type Connector = ReturnType<typeof buildConnector>;

export const hostRefused = (host: string) => new ProblemError('hostRefused', { detail: `The host is ${host}.` });

/**
 * Node asks no lookup function for an address literal, so a connection is looked at once more here: the literal before
 * it is dialled, and the peer's address before a byte of the request is sent.
 */
export function checkedConnector(connect: Connector): Connector {
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isPublicAddress(host)) return callback(hostRefused(host), null);
    connect(target, (...result) => {
      const [error, socket] = result;
      if (error !== null) return callback(error, null);
      if (socket.remoteAddress !== undefined && isPublicAddress(socket.remoteAddress)) return callback(null, socket);
      socket.destroy();
      callback(hostRefused(host), null);
    });
  };
}
