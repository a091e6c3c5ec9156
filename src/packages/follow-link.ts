import type { Response } from 'undici';
import type { Outbound } from '../network/outbound.ts';
import { type ProblemCode, ProblemError } from '../problems/problem.ts';
import { describeLink, linkFileName } from './link-name.ts';

const maxRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);
const signInHosts = new Set([
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
  'login.windows.net',
  'login.live.com',
  'login.microsoft.com',
  'accounts.google.com',
  'id.atlassian.com',
]);
const signInSuffixes = ['.okta.com', '.auth0.com', '.onelogin.com', '.b2clogin.com', '.ciamlogin.com'];
const signInPath = /(^|\/)(log-?in|sign-?in|sso|saml2?|adfs|oauth2?|openid-connect)([/.]|$)/i;

/** An answer to a link, after its redirects. The caller reads or cancels the body. */
export interface LinkAnswer {
  response: Response;
  url: URL;
  fileName: string;
}

export interface FollowOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** Asks for a link and follows its redirects, each of them checked by the outbound policy. */
export async function followLink(outbound: Outbound, link: URL, options: FollowOptions = {}): Promise<LinkAnswer> {
  let url = link;
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const response = await fetchLink(outbound, url, options);
    if (!redirects.has(response.status)) {
      const fileName = linkFileName(response.headers.get('content-disposition'), [link, url]);
      return { response, url, fileName };
    }
    await discard(response);
    url = redirectTarget(response, url);
    if (isSignIn(url)) throw linkProblem('linkNeedsSignIn', link, linkFileName(null, [link]));
  }
  throw linkProblem('linkRedirectsTooOften', link, linkFileName(null, [link]));
}

/** One request, no redirects. A connection that fails becomes `linkBroken`. */
export async function fetchLink(outbound: Outbound, url: URL, options: FollowOptions): Promise<Response> {
  try {
    return await outbound.fetch(url, {
      // Bytes must arrive as they lie on the host: positions and sizes are of those.
      headers: { 'user-agent': 'Quartermaster', ...options.headers, 'accept-encoding': 'identity' },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof ProblemError) throw error;
    throw linkProblem('linkBroken', url, linkFileName(null, [url]), { cause: error });
  }
}

/** Throws the problem of an answer that carries no file. */
export async function assertFile(answer: LinkAnswer): Promise<void> {
  const code = refusal(answer.response);
  if (code === null) return;
  await discard(answer.response);
  throw linkProblem(code, answer.url, answer.fileName);
}

export function linkProblem(
  code: ProblemCode,
  url: URL,
  fileName: string,
  options: { note?: string; cause?: unknown } = {},
): ProblemError {
  const detail =
    options.note === undefined ? describeLink(url, fileName) : `${describeLink(url, fileName)} ${options.note}`;
  return new ProblemError(code, { detail, cause: options.cause });
}

/** Only a strong validator proves that two answers are the same bytes (RFC 9110, section 8.8.3). */
export function strongEtag(response: Response): string | null {
  const etag = response.headers.get('etag');
  return etag !== null && /^"[^"]*"$/.test(etag) ? etag : null;
}

export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

function refusal(response: Response): ProblemCode | null {
  const { status } = response;
  if (status === 401 || status === 407) return 'linkNeedsSignIn';
  if (status === 403) return 'linkForbidden';
  if (status === 404 || status === 410) return 'linkNotFound';
  if (status === 408 || status === 425 || status === 429 || status >= 500) return 'linkUnavailable';
  if (status !== 200 && status !== 206) return 'linkRefused';
  const isPage = /^\s*(text\/html|application\/xhtml\+xml)/i.test(response.headers.get('content-type') ?? '');
  const isAttachment = /^\s*attachment/i.test(response.headers.get('content-disposition') ?? '');
  return isPage && !isAttachment ? 'linkIsWebPage' : null;
}

function redirectTarget(response: Response, from: URL): URL {
  const location = response.headers.get('location') ?? '';
  const target = location !== '' && URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (target === null) throw linkProblem('linkRefused', from, linkFileName(null, [from]));
  return target;
}

function isSignIn(url: URL): boolean {
  const host = url.hostname.toLowerCase();
  return (
    signInHosts.has(host) || signInSuffixes.some((suffix) => host.endsWith(suffix)) || signInPath.test(url.pathname)
  );
}
