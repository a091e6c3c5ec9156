import { randomUUID } from 'node:crypto';
import { type Database, type Db, queueDatabase } from '../store/database.ts';

const testQueue = 'connection-test';
/** Apart from the other one, so that a test that waits for its time does not stand in for one that a person asks for. */
const retestQueue = 'connection-retest';
/** New credentials that are to take the place of old ones. */
const credentialQueue = 'credential-test';
const testsAtOnce = 4;

export type RunTest = (connectionId: string, signal: AbortSignal) => Promise<void>;

/** Tests that wait for their turn: at most one of each kind for a connection, over all processes. */
export class ConnectionTestQueue {
  readonly #queue: Database['queue'];
  /** Workers of this process. */
  readonly #workers: string[] = [];

  constructor(queue: Database['queue']) {
    this.#queue = queue;
  }

  async prepare(): Promise<void> {
    for (const name of [testQueue, retestQueue, credentialQueue]) {
      await this.#queue.createQueue(name, {
        policy: 'short',
        retryLimit: 3,
        retryDelay: 5,
        expireInSeconds: 120,
        deleteAfterSeconds: 3600,
      });
      // Makes pg-boss look the queue up and remember it. Done within a transaction of PGlite, which has one connection,
      // the look-up would wait for the transaction and the transaction for it.
      await this.#queue.findJobs(name, { id: randomUUID() });
    }
  }

  async work(run: RunTest, runCredential: RunTest): Promise<void> {
    for (let worker = 0; worker < testsAtOnce; worker += 1) this.#workers.push(await this.#workOn(testQueue, 2, run));
    await this.#workOn(retestQueue, 5, run);
    this.#workers.push(await this.#workOn(credentialQueue, 2, runCredential));
  }

  /** With the change that asks for it. */
  async add(tx: Db, connectionId: string): Promise<void> {
    await this.#queue.send(testQueue, { connectionId }, { singletonKey: connectionId, db: queueDatabase(tx) });
  }

  async addCredential(tx: Db, connectionId: string): Promise<void> {
    await this.#queue.send(credentialQueue, { connectionId }, { singletonKey: connectionId, db: queueDatabase(tx) });
  }

  async addLater(connectionId: string, seconds: number): Promise<void> {
    await this.#queue.send(retestQueue, { connectionId }, { singletonKey: connectionId, startAfter: seconds });
  }

  /** After the change is over: workers of this process start at once instead of at their next look. */
  wake(): void {
    for (const worker of this.#workers) this.#queue.notifyWorker(worker);
  }

  #workOn(name: string, pollingIntervalSeconds: number, run: RunTest): Promise<string> {
    return this.#queue.work<{ connectionId: string }>(name, { pollingIntervalSeconds }, async ([job]) => {
      if (job !== undefined) await run(job.data.connectionId, job.signal);
    });
  }
}
