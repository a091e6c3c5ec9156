import { Worker } from 'node:worker_threads';
import { type ProblemCode, ProblemError } from '../../problems/problem.ts';
import type { CertificateWithKey } from './certificate.ts';
import type { CertificateFile } from './read-certificate-file.ts';

export type CertificateFileAnswer =
  | { certificate: CertificateWithKey }
  | { code: ProblemCode; detail: string | undefined };

export type ReadCertificateFile = (file: CertificateFile) => Promise<CertificateWithKey>;

const longestMs = 10_000;
const limits = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16 };

/**
 * Reads a file that somebody sent on a thread of its own: whoever made the file decides how much work it is to open it, and
 * nobody else is to wait for that.
 */
export const readInThread: ReadCertificateFile = async (file) => {
  const thread = new Worker(new URL('./certificate-file-thread.ts', import.meta.url), {
    workerData: file,
    resourceLimits: limits,
    // Flags of this process, such as those of a test runner, mean nothing to the thread.
    execArgv: [],
  });
  let slow: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<CertificateFileAnswer>((resolve, reject) => {
      const unreadable = () => reject(new ProblemError('certificateFileUnreadable'));
      slow = setTimeout(unreadable, longestMs);
      thread.on('message', resolve);
      thread.on('error', unreadable);
      thread.on('exit', unreadable);
    });
    if ('certificate' in answer) return answer.certificate;
    throw new ProblemError(answer.code, answer.detail === undefined ? {} : { detail: answer.detail });
  } finally {
    clearTimeout(slow);
    void thread.terminate();
  }
};
