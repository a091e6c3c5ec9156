import { lookup as dnsLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher, fetch, type RequestInit, type Response } from 'undici';
import { ProblemError } from '../problems/problem.ts';

/**
 * The one way out to hosts that a user or a service names. Private, loopback and link-local addresses are refused after
 * DNS, and the address that was checked is the one connected to. Redirects are never followed here: whoever wants one
 * checks its target by asking again.
 */
export interface Outbound {
  /** Throws `hostRefused` or `urlRefused`; says nothing about DNS yet. */
  check(url: URL): void;
  fetch(url: URL | string, init?: Omit<RequestInit, 'dispatcher' | 'redirect'>): Promise<Response>;
  /** For clients that take an undici dispatcher; requests through it are checked at connect. */
  readonly dispatcher: Dispatcher;
  close(): Promise<void>;
}

export interface OutboundOptions {
  /** `host` or `host:port` of the operator's configuration that may be private. */
  privateHosts?: readonly string[];
  /** Further CA certificates, PEM. */
  ca?: string | undefined;
  /** Connections per origin. */
  connections?: number;
}

const refused = (host: string) => new ProblemError('hostRefused', { detail: `The host is ${host}.` });

export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast';
}

export function createOutbound(options: OutboundOptions = {}): Outbound {
  const privateHosts = new Set((options.privateHosts ?? []).map((host) => host.toLowerCase()));
  const isPrivateAllowed = (hostname: string, port: string) =>
    privateHosts.has(hostname.toLowerCase()) || privateHosts.has(`${hostname.toLowerCase()}:${port}`);

  const checkedLookup =
    (trusted: boolean): LookupFunction =>
    (hostname, lookupOptions, callback) => {
      dnsLookup(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 4);
        const usable = trusted ? addresses : addresses.filter((entry) => isPublicAddress(entry.address));
        // One private answer among public ones is how rebinding starts: refuse the name altogether.
        const first = usable[0];
        if (first === undefined || usable.length !== addresses.length) return callback(refused(hostname), '', 4);
        if (lookupOptions.all === true) {
          (callback as unknown as (e: null, all: typeof usable) => void)(null, usable);
          return;
        }
        callback(null, first.address, first.family);
      });
    };

  const agent = (trusted: boolean) =>
    new Agent({
      connections: options.connections ?? 16,
      connect: {
        lookup: checkedLookup(trusted),
        timeout: 10_000,
        ...(trusted && options.ca ? { ca: options.ca } : {}),
      },
      headersTimeout: 120_000,
      bodyTimeout: 120_000,
    });
  const publicAgent = agent(false);
  const privateAgent = agent(true);

  const isTrusted = (url: URL) =>
    isPrivateAllowed(url.hostname, url.port || (url.protocol === 'https:' ? '443' : '80'));

  const check = (url: URL) => {
    const trusted = isTrusted(url);
    if (url.username !== '' || url.password !== '')
      throw new ProblemError('urlRefused', { detail: 'It carries a user name.' });
    if (url.protocol !== 'https:' && !(trusted && url.protocol === 'http:'))
      throw new ProblemError('urlRefused', { detail: 'Only https links are fetched.' });
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (
      !trusted &&
      (host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && !isPublicAddress(host)))
    )
      throw refused(url.hostname);
  };

  const dispatcherFor = (url: URL) => (isTrusted(url) ? privateAgent : publicAgent);

  return {
    check,
    async fetch(target, init = {}) {
      const url = typeof target === 'string' ? new URL(target) : target;
      check(url);
      try {
        return await fetch(url, { ...init, redirect: 'manual', dispatcher: dispatcherFor(url) });
      } catch (error) {
        const cause = (error as { cause?: unknown }).cause;
        if (cause instanceof ProblemError) throw cause;
        throw error;
      }
    },
    dispatcher: publicAgent.compose((dispatch) => (requestOptions, handler) => {
      const url = new URL(String(requestOptions.path), String(requestOptions.origin));
      check(url);
      return isTrusted(url) ? privateAgent.dispatch(requestOptions, handler) : dispatch(requestOptions, handler);
    }),
    async close() {
      await Promise.all([publicAgent.close(), privateAgent.close()]);
    },
  };
}
