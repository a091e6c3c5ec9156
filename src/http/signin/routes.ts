import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Response, Server } from 'restify';
import { asProblemError, type Problem, type ProblemCode, ProblemError } from '../../problems/problem.ts';
import type { SignIns } from '../../sign-in/sign-ins.ts';
import { answering } from '../answering.ts';
import { sendPlainPage, sendProblem } from '../plain-page.ts';
import { isFromOurPage } from '../same-origin.ts';
import { createBrowserCookie } from './browser-cookie.ts';
import { donePage, startPage } from './sign-in-pages.ts';

export interface SignInRoutesOptions {
  signIns: Pick<SignIns, 'look' | 'start' | 'finish'>;
  publicUrl: string;
  log: Logger;
}

const formLimit = 2_000;
const statuses: Partial<Record<ProblemCode, number>> = {
  signInLinkUnknown: 404,
  signInLinkExpired: 410,
  signInUsed: 410,
  signInCodeBlocked: 410,
  signInElsewhere: 403,
  signInForged: 403,
  unexpected: 500,
};

/**
 * The page behind a sign-in link, and the way back from Microsoft. Paths and queries carry tokens: nothing here logs a URL.
 * Looking at a link changes nothing, however often a program does it.
 */
export function addSignInRoutes(server: Server, { signIns, publicUrl, log }: SignInRoutesOptions): void {
  const publicOrigin = new URL(publicUrl).origin;
  const cookie = createBrowserCookie({ secure: publicUrl.startsWith('https:') });

  const explained = (error: unknown): Problem => {
    const { problem, cause } = asProblemError(error);
    if (problem.code === 'unexpected') log.error({ err: cause ?? error }, 'a sign-in page failed');
    else if (problem.who === 'operator')
      log.warn({ problem: problem.code, remedy: problem.remedy, ids: problem.ids }, 'a sign-in page refused');
    else log.info({ problem: problem.code, ids: problem.ids }, 'a sign-in page refused');
    return problem;
  };
  const answers = answering((error) => {
    const problem = explained(error);
    return (response) => sendProblem(response, statuses[problem.code] ?? 400, problem);
  });

  const showStart = async (response: Response, token: string, fault: string | null) => {
    const found = await signIns.look(token);
    sendPlainPage(response, {
      status: fault === null ? 200 : 400,
      title: 'Sign in',
      body: startPage(found, fault),
      formLeadsTo: new URL(found.subject.app.cloud.loginUrl).origin,
    });
  };

  const start = answers((request, response) => showStart(response, String(request.params.token), null));
  server.get('/signin/start/:token', start);
  server.head('/signin/start/:token', start);

  server.post(
    '/signin/start/:token',
    answers(async (request, response) => {
      if (!isFromOurPage(request, publicOrigin)) throw new ProblemError('signInForged');
      const token = String(request.params.token);
      const form = new URLSearchParams(await readForm(request));
      try {
        const { session, url } = await signIns.start(token, form.get('code') ?? '');
        response.writeHead(303, {
          Location: url,
          'Cache-Control': 'no-store',
          'Referrer-Policy': 'no-referrer',
          'Set-Cookie': [cookie.set(session)],
        });
        response.end();
      } catch (error) {
        const { problem } = asProblemError(error);
        if (problem.code !== 'signInCodeWrong') throw error;
        await showStart(response, token, `${problem.what} ${problem.remedy}`);
      }
    }),
  );

  server.get(
    '/signin/callback',
    answers(async (request, response) => {
      const query = new URLSearchParams(request.getQuery());
      const returned = { state: query.get('state') ?? '', code: query.get('code'), error: query.get('error') };
      const { words } = await signIns.finish(returned, cookie.read(request.headers.cookie));
      sendPlainPage(response, { status: 200, title: 'Signed in', body: donePage(words), cookies: [cookie.clear()] });
    }),
  );
}

async function readForm(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > formLimit) throw new ProblemError('signInForged');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
