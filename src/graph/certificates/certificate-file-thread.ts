import { parentPort, workerData } from 'node:worker_threads';
import { asProblemError } from '../../problems/problem.ts';
import type { CertificateFileAnswer } from './certificate-file-reader.ts';
import { type CertificateFile, readCertificateFile } from './read-certificate-file.ts';

const answer: CertificateFileAnswer = await readCertificateFile(workerData as CertificateFile).then(
  (certificate) => ({ certificate }),
  (error) => {
    const { code, detail } = asProblemError(error).problem;
    return { code, detail };
  },
);
parentPort?.postMessage(answer);
