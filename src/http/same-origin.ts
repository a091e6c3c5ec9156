import type { IncomingMessage } from 'node:http';

/**
 * True unless the browser says that another page made the request. Our pages forbid the referrer, and browsers then send
 * `Origin: null` with a form, so `Sec-Fetch-Site`, which no page can set, decides where it is there.
 * https://fetch.spec.whatwg.org/#append-a-request-origin-header
 */
export function isFromOurPage(request: IncomingMessage, publicOrigin: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = request.headers;
  return origin === undefined || origin === publicOrigin;
}
