import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Problem } from '../problems/problem.ts';
import { type Html, html } from './html.ts';
import { pageWith } from './page.ts';

export interface PlainPage {
  status: number;
  title: string;
  body: Html;
  /** Where a form of the page may lead to in the end; browsers hold redirects to the policy too. */
  formLeadsTo?: string;
  cookies?: string[];
}

/** A page without scripts. The whole policy stands here, so that nothing of a page can be forgotten. */
export function sendPlainPage(
  response: ServerResponse,
  { status, title, body, formLeadsTo, cookies }: PlainPage,
): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    'img-src data:',
    `form-action 'self'${formLeadsTo === undefined ? '' : ` ${formLeadsTo}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const text = pageWith(
    title,
    nonce,
    html`<main class="card">
${body}
</main>`,
  );
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'X-Robots-Tag': 'noindex',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Content-Security-Policy': policy.join('; '),
    ...(cookies === undefined ? {} : { 'Set-Cookie': cookies }),
  });
  response.end(text);
}

export function sendProblem(response: ServerResponse, status: number, problem: Problem, cookies?: string[]): void {
  const ids = Object.values(problem.ids ?? {}).join(' · ');
  sendPlainPage(response, {
    status,
    title: problem.title,
    body: html`<h1>${problem.title}</h1>
<p>${problem.what}</p>
<p><strong>${problem.remedy}</strong></p>
${ids === '' ? html`` : html`<p class="until">For support: ${ids}</p>`}`,
    ...(cookies === undefined ? {} : { cookies }),
  });
}
