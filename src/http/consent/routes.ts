import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Server } from 'restify';
import type { ConsentPages, Entered } from '../../consent/consent-pages.ts';
import { answering } from '../answering.ts';
import { html } from '../html.ts';
import { sendPlainPage } from '../plain-page.ts';
import { isFromOurPage } from '../same-origin.ts';
import { type ConsentCookie, createConsentCookie } from './browser-cookie.ts';
import { chatUrl, type EntryPage, endPage, entryPage, goneEntry, wrongCode } from './consent-pages.ts';

export interface ConsentRoutesOptions {
  pages: Pick<ConsentPages, 'page' | 'enter' | 'outsidePage' | 'enterOutside' | 'comeBack'>;
  publicUrl: string;
  log: Logger;
}

const formLimit = 2_000;
const title = 'Consent';

/**
 * Our page before Microsoft's, and the way back. Addresses carry what must not be known: nothing here logs one. Looking
 * changes nothing, however often a program does it.
 */
export function addConsentRoutes(server: Server, { pages, publicUrl, log }: ConsentRoutesOptions): void {
  const publicOrigin = new URL(publicUrl).origin;
  const cookie = createConsentCookie({ secure: publicUrl.startsWith('https:') });

  const answers = answering((error) => {
    log.error({ err: error }, 'a consent page failed');
    return sendFailed;
  });

  const ways = [
    {
      path: '/consent/go/:key',
      outside: false,
      show: (key: string) => pages.page(key),
      enter: (key: string, code: string) => pages.enter(key, code),
    },
    {
      path: '/consent/r/:key',
      outside: true,
      show: (key: string) => pages.outsidePage(key),
      enter: (key: string, code: string) => pages.enterOutside(key, code),
    },
  ];
  for (const { path, outside, show, enter } of ways) {
    const look = answers(async (request, response) => {
      const page = await show(String(request.params.key));
      if (page === null) sendGone(response);
      else sendEntry(response, 200, { page, outside, fault: null });
    });
    server.get(path, look);
    server.head(path, look);
    server.post(
      path,
      answers(async (request, response) => {
        const code = isFromOurPage(request, publicOrigin) ? await readCode(request) : null;
        if (code === null) return sendGone(response);
        sendEntered(response, cookie, outside, await enter(String(request.params.key), code));
      }),
    );
  }

  server.get(
    '/consent/callback',
    answers(async (request, response) => {
      const query = new URLSearchParams(request.getQuery());
      const state = query.get('state') ?? '';
      const { ending, place } = await pages.comeBack(query, cookie.read(request.headers.cookie, state));
      sendPlainPage(response, endPage(ending, place === null ? null : chatUrl(place)));
    }),
  );
}

function sendEntry(response: ServerResponse, status: number, entry: EntryPage): void {
  const formLeadsTo = entry.page.loginOrigin;
  sendPlainPage(response, { status, title, body: entryPage(entry), formLeadsTo });
}

function sendGone(response: ServerResponse): void {
  sendPlainPage(response, { status: 410, title, body: goneEntry });
}

function sendFailed(response: ServerResponse): void {
  const body = html`<h1>Something went wrong here</h1><p>Nothing was changed. Try again in a minute.</p>`;
  sendPlainPage(response, { status: 500, title, body });
}

function sendEntered(response: ServerResponse, cookie: ConsentCookie, outside: boolean, entered: Entered): void {
  if (entered.kind === 'unknown') sendGone(response);
  else if (entered.kind === 'wrongCode')
    sendEntry(response, 400, { page: entered.page, outside, fault: wrongCode(entered.left) });
  else {
    const state = new URL(entered.url).searchParams.get('state') ?? '';
    response.writeHead(303, {
      Location: entered.url,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'Set-Cookie': [cookie.set(state, entered.browser)],
    });
    response.end();
  }
}

/** Null when it is longer than any code. */
async function readCode(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > formLimit) return null;
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8')).get('code') ?? '';
}
