import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Response as Answer, Server } from 'restify';
import type { CertificateUploads, SentFile } from '../../connections/certificate-uploads.ts';
import { asProblemError, type ProblemCode, ProblemError } from '../../problems/problem.ts';
import { answering } from '../answering.ts';
import { sendPlainPage, sendProblem } from '../plain-page.ts';
import { isFromOurPage } from '../same-origin.ts';
import { receivedPage, uploadPage } from './upload-page.ts';

export interface CertificateUploadRoutesOptions {
  uploads: Pick<CertificateUploads, 'look' | 'receive'>;
  publicUrl: string;
  log: Logger;
}

const title = 'Upload a certificate';
const largestFile = 256 * 1024;
const largestForm = largestFile + 8 * 1024;
/** A browser shows no answer while it is still sending, so a little more than allowed is heard to its end. */
const mostHeard = 16 * 1024 * 1024;
const heardWithinMs = 60_000;

/** With these the same page may be used again. */
const faults = new Set<ProblemCode>([
  'certificateCodeWrong',
  'certificateEnded',
  'certificateFileMissing',
  'certificateFileUnreadable',
  'certificateKeyMissing',
  'certificateNotRsa',
  'certificateNotYet',
  'certificatePasswordWrong',
  'certificateSeveral',
  'certificateTooLarge',
]);
const statuses: Partial<Record<ProblemCode, number>> = {
  certificateLinkUnusable: 410,
  certificateNotYours: 403,
  uploadElsewhere: 403,
  unexpected: 500,
};

/** The page that takes a certificate with its private key. Nothing here logs an address or what came. */
export function addCertificateUploadRoutes(
  server: Server,
  { uploads, publicUrl, log }: CertificateUploadRoutesOptions,
): void {
  const publicOrigin = new URL(publicUrl).origin;

  const answers = answering((error) => {
    const { problem, cause } = asProblemError(error);
    if (problem.code === 'unexpected') log.error({ err: cause ?? error }, 'a certificate page failed');
    return (response) => sendProblem(response, statuses[problem.code] ?? 400, problem);
  });

  const show = async (response: Answer, token: string, fault: string | null) =>
    sendPlainPage(response, {
      status: fault === null ? 200 : 400,
      title,
      body: uploadPage(await uploads.look(token), fault),
    });

  const look = answers((request, response) => show(response, String(request.params.token), null));
  server.get('/credential/:token', look);
  server.head('/credential/:token', look);

  server.post(
    '/credential/:token',
    answers(async (request, response) => {
      const token = String(request.params.token);
      if (!isFromOurPage(request, publicOrigin)) throw new ProblemError('uploadElsewhere');
      await uploads.look(token);
      try {
        const received = await uploads.receive(token, await readForm(request));
        sendPlainPage(response, { status: 200, title: 'Certificate received', body: receivedPage(received) });
      } catch (error) {
        const { problem } = asProblemError(error);
        if (!faults.has(problem.code)) throw error;
        log.info({ problem: problem.code }, 'a certificate was refused');
        await show(response, token, [problem.what, problem.detail, problem.remedy].filter(Boolean).join(' '));
      }
    }),
  );
}

async function readForm(request: IncomingMessage): Promise<SentFile> {
  const body = await readBody(request);
  const form = await new Response(body, { headers: { 'Content-Type': request.headers['content-type'] ?? '' } })
    .formData()
    .catch(() => new FormData());
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  const file = form.get('file');
  if (file === null || typeof file === 'string' || file.size === 0) throw new ProblemError('certificateFileMissing');
  if (file.size > largestFile) throw new ProblemError('certificateTooLarge');
  return { code: text('code'), password: text('password'), bytes: new Uint8Array(await file.arrayBuffer()) };
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const late = setTimeout(() => request.destroy(), heardWithinMs);
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > mostHeard) request.destroy();
      else if (size <= largestForm) parts.push(part);
    });
    request.on('end', () => {
      if (size > largestForm) reject(new ProblemError('certificateTooLarge'));
      else resolve(Buffer.concat(parts));
    });
    request.on('error', reject);
    request.on('close', () => {
      clearTimeout(late);
      reject(new ProblemError('certificateFileMissing'));
    });
  });
}
