import { ProblemError } from '../../problems/problem.ts';
import type { AdaptiveWidth } from './adaptive-width.ts';
import { StorageRefusal, StorageTimeout } from './block-sender.ts';
import type { Clock } from './clock.ts';
import type { SasSource } from './sas-lease.ts';

/**
 * A stored access policy may need half a minute to spread, so a fresh address is refused at times although it is good:
 * learn.microsoft.com/rest/api/storageservices/define-stored-access-policy
 */
const refusedPauses = [1_000, 3_000, 6_000];
const mostRenewals = 3;
const mostFailures = 8;
const longestPause = 30_000;

export interface PersistentPutOptions {
  lease: SasSource;
  width: AdaptiveWidth;
  clock: Clock;
  signal: AbortSignal;
  /** 0 to 1. */
  random: () => number;
}

/** Sends until it arrives, as long as there is hope: each cause has its own patience. */
export async function persistentPut(
  put: (uri: string, signal: AbortSignal) => Promise<void>,
  { lease, width, clock, signal, random }: PersistentPutOptions,
): Promise<void> {
  let uri = await lease.current(signal);
  let refusals = 0;
  let renewals = 0;
  let failures = 0;
  for (;;) {
    const ticket = width.sending();
    try {
      await put(uri, signal);
      width.arrived();
      return;
    } catch (error) {
      signal.throwIfAborted();
      const fate = fateOf(error);
      if (fate === 'final') throw error instanceof ProblemError ? error : uploadFailed(error);
      if (fate === 'refused') {
        const pause = refusedPauses[refusals];
        refusals += 1;
        const newest = await lease.current(signal);
        if (newest !== uri) {
          uri = newest;
          refusals = 0;
        } else if (pause !== undefined) await clock.sleep(pause * (0.75 + random() / 2), signal);
        else {
          if (renewals >= mostRenewals) throw uploadFailed(error);
          renewals += 1;
          refusals = 0;
          uri = await lease.instead(uri, signal);
        }
        continue;
      }
      failures += 1;
      if (failures >= mostFailures) throw uploadFailed(error);
      width.overloaded(ticket);
      await clock.sleep(pauseAfter(failures, error, random), signal);
      uri = await lease.current(signal);
    }
  }
}

type Fate = 'refused' | 'overloaded' | 'final';

function fateOf(error: unknown): Fate {
  if (error instanceof StorageTimeout) return 'overloaded';
  if (error instanceof ProblemError) return error.problem.code === 'networkDown' ? 'overloaded' : 'final';
  // No answer at all: the connection broke before or while it was used.
  if (!(error instanceof StorageRefusal)) return 'overloaded';
  if (error.status === 403) return 'refused';
  return error.status === 408 || error.status === 429 || error.status >= 500 ? 'overloaded' : 'final';
}

function pauseAfter(failures: number, error: unknown, random: () => number): number {
  const asked = error instanceof StorageRefusal ? error.retryAfterMs : null;
  if (asked !== null) return Math.min(asked, longestPause) * (1 + random() / 4);
  return Math.min(500 * 2 ** failures, longestPause) * (0.5 + random() / 2);
}

function uploadFailed(error: unknown): ProblemError {
  if (!(error instanceof StorageRefusal)) return new ProblemError('uploadFailed', { cause: error });
  return new ProblemError('uploadFailed', {
    cause: error,
    ids: { serviceCode: error.serviceCode ?? `HTTP ${error.status}` },
  });
}
