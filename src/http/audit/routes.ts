import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Server } from 'restify';
import { csvHead, csvLines } from '../../audit/audit-csv.ts';
import type { AuditExports } from '../../audit/audit-exports.ts';
import type { AuditRows } from '../../audit/audit-rows.ts';
import type { Logger } from '../../log.ts';
import { asProblemError, type ProblemCode, ProblemError } from '../../problems/problem.ts';
import { answering } from '../answering.ts';
import { html } from '../html.ts';
import { sendPlainPage, sendProblem } from '../plain-page.ts';
import { isFromOurPage } from '../same-origin.ts';

export interface AuditRoutesOptions {
  exports: AuditExports;
  rows: AuditRows;
  publicUrl: string;
  clock?: () => Date;
  log: Logger;
}

const statuses: Partial<Record<ProblemCode, number>> = {
  auditLinkUnusable: 404,
  auditNotYours: 403,
  rosterAway: 503,
  uploadElsewhere: 403,
};

/** The download of an audit file: looked at by GET, which programs that scan links do too, and used by POST. */
export function addAuditRoutes(
  server: Server,
  { exports, rows, publicUrl, log, ...options }: AuditRoutesOptions,
): void {
  const clock = options.clock ?? (() => new Date());
  const publicOrigin = new URL(publicUrl).origin;

  const answers = answering((error) => {
    const { problem, cause } = asProblemError(error);
    if (problem.code === 'unexpected') log.error({ err: cause ?? error }, 'an audit file could not be sent');
    return (response) => sendProblem(response, statuses[problem.code] ?? 500, problem);
  });

  const look = answers(async (request, response) => {
    await exports.look(String(request.params.token));
    sendPlainPage(response, { status: 200, title: 'Audit file', body: door });
  });
  server.get('/audit/:token', look);
  server.head('/audit/:token', look);

  server.post(
    '/audit/:token',
    answers(async (request, response) => {
      if (!isFromOurPage(request, publicOrigin)) throw new ProblemError('uploadElsewhere');
      const { workspaceId, filter } = await exports.take(String(request.params.token));
      response.writeHead(200, {
        'Cache-Control': 'no-store',
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="audit-${clock().toISOString().slice(0, 10)}.csv"`,
        'Referrer-Policy': 'no-referrer',
        'X-Content-Type-Options': 'nosniff',
      });
      await pipeline(Readable.from(csvOf(rows.all(workspaceId, filter))), response);
    }),
  );
}

async function* csvOf(batches: AsyncIterable<Parameters<typeof csvLines>[0]>): AsyncIterable<string> {
  yield csvHead;
  for await (const batch of batches) yield csvLines(batch);
}

const door = html`<h1>Audit file</h1>
<p>This link came from Teams and works once. Download the file on the device where you want to have it.</p>
<form method="post">
<button class="primary" type="submit" autofocus>Download</button>
</form>`;
