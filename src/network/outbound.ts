import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, fetch, type RequestInit, type Response } from 'undici';
import { ProblemError } from '../problems/problem.ts';
import { checkedConnector, hostRefused } from './checked-connect.ts';
import { isPublicAddress } from './public-address.ts';

/**
 * The one way out to hosts that a user or a service names. Private, loopback and link-local addresses are refused after
 * DNS, and the address that was checked is the one connected to. Redirects are never followed here: whoever wants one
 * checks its target by asking again.
 */
export interface Outbound {
  /** Throws `hostRefused` or `urlRefused`; says nothing about DNS yet. */
  check(url: URL): void;
  /** Throws `hostRefused` or `urlRefused`; every other failure is the caller's to explain. */
  fetch(url: URL | string, init?: Omit<RequestInit, 'dispatcher' | 'redirect'>): Promise<Response>;
  /** For clients that take an undici dispatcher; every request through it is checked, a followed redirect too. */
  readonly dispatcher: Dispatcher;
  /** Cuts what is still open; whoever uses it ends its work first. */
  close(): Promise<void>;
}

/** `dns.lookup` with `all: true`. */
export type LookupAll = (
  hostname: string,
  options: { all: true; family?: number | 'IPv4' | 'IPv6'; hints?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface OutboundOptions {
  /** `host` or `host:port` of the operator's configuration that may be private. */
  privateHosts?: readonly string[];
  /** Further CA certificates for the private hosts, PEM. */
  ca?: string | undefined;
  /** Connections per origin. */
  connections?: number;
  lookup?: LookupAll;
}

/** One spelling for each host: lower case, no brackets, no dot at the end (`localhost.` is `localhost`). */
const canonicalHost = (host: string) =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');

function canonicalEntry(entry: string): string {
  if (isIP(canonicalHost(entry)) === 6) return canonicalHost(entry);
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return port === undefined ? canonicalHost(host) : `${canonicalHost(host)} ${port}`;
}

const portOf = (url: URL) => url.port || (url.protocol === 'https:' ? '443' : '80');

/** undici wraps what a connector or a lookup answered, Node gathers the failures of several addresses. */
function refusalIn(error: unknown, depth = 0): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (typeof error !== 'object' || error === null || depth > 4) return null;
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  const inner = Array.isArray(errors) ? [cause, ...errors] : [cause];
  return inner.map((one) => refusalIn(one, depth + 1)).find((one) => one !== null) ?? null;
}

export function createOutbound(options: OutboundOptions = {}): Outbound {
  const privateHosts = new Set((options.privateHosts ?? []).map(canonicalEntry));
  const lookupAll: LookupAll = options.lookup ?? dnsLookup;

  const isTrusted = (url: URL) => {
    const host = canonicalHost(url.hostname);
    return privateHosts.has(host) || privateHosts.has(`${host} ${portOf(url)}`);
  };

  const publicOnlyLookup: LookupFunction = (hostname, { family, hints, all }, callback) => {
    const wanted = { all: true as const, ...(family === undefined ? {} : { family }), ...(hints ? { hints } : {}) };
    lookupAll(hostname, wanted, (error, addresses) => {
      if (error) return callback(error, '', 4);
      const first = addresses[0];
      // One private answer among public ones is how rebinding starts: refuse the name altogether.
      if (first === undefined || !addresses.every((entry) => isPublicAddress(entry.address)))
        return callback(hostRefused(hostname), '', 4);
      if (all === true) return (callback as unknown as (e: null, found: LookupAddress[]) => void)(null, addresses);
      callback(null, first.address, first.family);
    });
  };

  const connectTimeoutMs = 10_000;
  const connectPublic = buildConnector({ lookup: publicOnlyLookup, timeout: connectTimeoutMs });
  const connectTrusted = buildConnector({
    ...(options.lookup ? { lookup: anyLookup(options.lookup) } : {}),
    timeout: connectTimeoutMs,
    ...(options.ca ? { ca: [...rootCertificates, options.ca] } : {}),
  });

  const agent = (connect: typeof connectPublic) =>
    new Agent({ connections: options.connections ?? 16, connect, headersTimeout: 120_000, bodyTimeout: 120_000 });
  const publicAgent = agent(checkedConnector(connectPublic));
  const privateAgent = agent(connectTrusted);

  const check = (url: URL) => {
    const trusted = isTrusted(url);
    if (url.username !== '' || url.password !== '')
      throw new ProblemError('urlRefused', { detail: 'It carries a user name.' });
    if (url.protocol !== 'https:' && !(trusted && url.protocol === 'http:'))
      throw new ProblemError('urlRefused', { detail: 'Only https links are fetched.' });
    if (trusted) return;
    const host = canonicalHost(url.hostname);
    if (host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && !isPublicAddress(host)))
      throw hostRefused(url.hostname);
  };

  return {
    check,
    async fetch(target, init = {}) {
      const url = parseUrl(target);
      check(url);
      try {
        const dispatcher = isTrusted(url) ? privateAgent : publicAgent;
        return await fetch(url, { ...init, redirect: 'manual', dispatcher });
      } catch (error) {
        throw refusalIn(error) ?? error;
      }
    },
    dispatcher: publicAgent.compose((dispatch) => (request, handler) => {
      const url = new URL(String(request.origin));
      check(url);
      return isTrusted(url) ? privateAgent.dispatch(request, handler) : dispatch(request, handler);
    }),
    async close() {
      await Promise.all([publicAgent.destroy(), privateAgent.destroy()]);
    },
  };
}

function anyLookup(lookupAll: LookupAll): LookupFunction {
  return (hostname, { all }, callback) => {
    lookupAll(hostname, { all: true }, (error, addresses) => {
      const first = addresses?.[0];
      if (error || first === undefined) return callback(error ?? new Error('The name has no address.'), '', 4);
      if (all === true) return (callback as unknown as (e: null, found: LookupAddress[]) => void)(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

function parseUrl(target: URL | string): URL {
  if (typeof target !== 'string') return target;
  // The cause would carry the text, which may hold a token.
  if (!URL.canParse(target)) throw new ProblemError('urlRefused', { detail: 'It is not a complete address.' });
  return new URL(target);
}
