import { randomBytes } from 'node:crypto';
import type { Logger } from '../log.ts';
import { asProblemError, type Problem, ProblemError } from '../problems/problem.ts';
import type { Database } from '../store/database.ts';
import type { Clock } from './clock.ts';

export interface Failure {
  problem: Problem;
  /** Stands on the card and in the log. */
  reference: string;
}

export interface FailuresOptions {
  database: Pick<Database, 'ping'>;
  clock: Clock;
  log: Logger;
}

const pingWithin = 500;

/** Turns what a handler threw into what may be shown, and keeps the rest in the log under the same reference. */
export function createFailures({ database, clock, log }: FailuresOptions) {
  /** Drivers report a lost database in many ways, also through a service that failed because of it: asking is surer. */
  const databaseAnswers = async () => {
    const patience = new AbortController();
    const answered = database.ping().then(
      () => true,
      () => false,
    );
    const late = clock.sleep(pingWithin, patience.signal).then(() => false);
    const answers = await Promise.race([answered, late]);
    patience.abort();
    return answers;
  };

  return async (error: unknown, context: { route: string }): Promise<Failure> => {
    const reference = newReference();
    const known = asProblemError(error);
    const unexplained = known.problem.code === 'unexpected';
    const shown =
      unexplained && !(await databaseAnswers()) ? new ProblemError('databaseAway', { cause: error }) : known;
    const details = { err: error, reference, problem: shown.problem.code, ...context };
    if (unexplained) log.error(details, 'A turn failed');
    else log.warn(details, 'A turn ended with a problem');
    return { problem: shown.problem, reference };
  };
}

export type Failures = ReturnType<typeof createFailures>;

/** No letters that are mistaken for others when read aloud. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

function newReference(): string {
  return Array.from(randomBytes(8), (byte) => alphabet[byte % alphabet.length]).join('');
}
