import { parentPort, workerData } from 'node:worker_threads';
import { type CipherTask, TaskCipher } from './content-cipher.ts';

const cipher = new TaskCipher(workerData as ConstructorParameters<typeof TaskCipher>[0]);

parentPort?.on('message', (task: CipherTask) => parentPort?.postMessage(cipher.run(task)));
