import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Problem } from '../../problems/problem.ts';
import { problemPage } from './pages.ts';
import { sentences, statusOf } from './problem-answer.ts';

const alwaysHeaders = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Robots-Tag': 'noindex',
};

function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  return {
    ...alwaysHeaders,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
  };
}

/** Writes a page with a policy of its own; `render` gets the nonce that lets our scripts and styles in. */
export function sendPage(response: ServerResponse, status: number, render: (nonce: string) => string): void {
  const nonce = randomBytes(16).toString('base64');
  response.writeHead(status, pageHeaders(nonce));
  response.end(render(nonce));
}

export function sendProblemPage(response: ServerResponse, problem: Problem): void {
  sendPage(response, statusOf(problem.code), (nonce) => problemPage(problem, nonce));
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { ...alwaysHeaders, 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

export function sendRedirect(response: ServerResponse, location: string, cookies: string[] = []): void {
  response.writeHead(303, {
    ...alwaysHeaders,
    Location: location,
    ...(cookies.length ? { 'Set-Cookie': cookies } : {}),
  });
  response.end();
}

/** A refusal in the tus protocol. The rest of the request is not waited for. */
export function sendTusProblem(response: ServerResponse, problem: Problem): void {
  response.writeHead(statusOf(problem.code), {
    ...alwaysHeaders,
    'Content-Type': 'text/plain; charset=utf-8',
    'Tus-Resumable': '1.0.0',
    Connection: 'close',
  });
  response.end(sentences(problem));
}

/** What tus says of an upload whose bytes are all here. */
export function sendTusComplete(response: ServerResponse, size: number): void {
  response.writeHead(200, {
    ...alwaysHeaders,
    'Tus-Resumable': '1.0.0',
    'Upload-Offset': String(size),
    'Upload-Length': String(size),
  });
  response.end();
}
