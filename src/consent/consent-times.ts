import type { ConsentRequest } from './consent-request.ts';

export interface ConsentTimes {
  /** How long a request stays open. */
  lifeMs: number;
  /** After its start. */
  remindersMs: readonly number[];
  /** A grant may be made at Microsoft without a word to us. */
  lookEveryMs: number;
  /** How long a grant may take to show. */
  arrivalMs: number;
}

type Timed = Pick<ConsentRequest, 'state' | 'createdAt' | 'expiresAt' | 'reminders' | 'grantedAt'>;

/** The next moment at which a request needs a look. */
export function nextDue(request: Timed, times: ConsentTimes, now: Date): Date {
  const look = now.getTime() + times.lookEveryMs;
  const nextReminder = times.remindersMs[request.reminders];
  const reminder = nextReminder === undefined ? look : request.createdAt.getTime() + nextReminder;
  if (request.state !== 'granting') return new Date(Math.min(look, reminder, request.expiresAt.getTime()));
  const arrival = (request.grantedAt ?? now).getTime() + times.arrivalMs;
  return new Date(Math.min(look, Math.max(arrival, now.getTime() + 60_000)));
}

/** How many reminders should have gone out by now. Those that were missed while nothing ran are one. */
export const remindersDue = (
  { createdAt }: Pick<Timed, 'createdAt'>,
  { remindersMs }: ConsentTimes,
  now: Date,
): number => remindersMs.filter((after) => createdAt.getTime() + after <= now.getTime()).length;
