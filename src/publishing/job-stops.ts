/** Reasons to leave a job that are not failures of it. */

/** Another worker has taken the job; nothing may be written or sent any more. */
export class Superseded extends Error {
  constructor() {
    super('Another worker has this job');
    this.name = 'Superseded';
  }
}

/** This process is about to end; the job goes back to the queue. */
export class Draining extends Error {
  constructor() {
    super('This worker is ending');
    this.name = 'Draining';
  }
}

/** Intune holds a change until a second administrator decides. The job waits without a worker. */
export class AwaitingApproval extends Error {
  constructor() {
    super('A change waits for approval');
    this.name = 'AwaitingApproval';
  }
}

export class CancelRequested extends Error {
  constructor() {
    super('Somebody cancelled this job');
    this.name = 'CancelRequested';
  }
}

/** The database did not take what has to be remembered. The job stands still until it does. */
export class StoreFailure extends Error {
  constructor(cause: unknown) {
    super('The database failed', { cause });
    this.name = 'StoreFailure';
  }
}

export function isStop(
  error: unknown,
): error is Superseded | Draining | AwaitingApproval | CancelRequested | StoreFailure {
  return (
    error instanceof Superseded ||
    error instanceof Draining ||
    error instanceof AwaitingApproval ||
    error instanceof CancelRequested ||
    error instanceof StoreFailure
  );
}
