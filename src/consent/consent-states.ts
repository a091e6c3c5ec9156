/** Where a consent request stands. */
export type ConsentState =
  /** Nobody has decided. */
  | 'waiting'
  /** Microsoft's page ended without a grant: refused there, or sent to the tenant's own reviewers. */
  | 'withMicrosoft'
  /** Microsoft said that it was granted; a fresh token has not shown it yet. */
  | 'granting'
  /** The enterprise application is switched off in the tenant. */
  | 'blocked'
  | 'granted'
  | 'denied'
  | 'withdrawn'
  | 'expired'
  /** The connection is gone, or became another one. */
  | 'overtaken';

export type ConsentEvent =
  /** Microsoft's page came back without a grant. */
  | 'notGrantedThere'
  /** Microsoft's page came back with a grant. Its word is not trusted, it is looked after. */
  | 'grantReported'
  /** A fresh token of the expected tenant reached Intune. */
  | 'verified'
  /** The grant did not show within the time Microsoft usually needs. */
  | 'notArrived'
  | 'switchedOff'
  | 'switchedOn'
  | 'deny'
  | 'withdraw'
  | 'timeIsUp'
  | 'connectionChanged';

/**
 * Every move there is. What is not listed does not happen: nothing leaves an ended request, and only `verified` leads to
 * `granted`. Once Microsoft has recorded a grant, it can be denied or withdrawn there only.
 */
const moves: Record<ConsentState, Partial<Record<ConsentEvent, ConsentState>>> = {
  waiting: {
    notGrantedThere: 'withMicrosoft',
    grantReported: 'granting',
    verified: 'granted',
    switchedOff: 'blocked',
    deny: 'denied',
    withdraw: 'withdrawn',
    timeIsUp: 'expired',
    connectionChanged: 'overtaken',
  },
  withMicrosoft: {
    grantReported: 'granting',
    verified: 'granted',
    switchedOff: 'blocked',
    deny: 'denied',
    withdraw: 'withdrawn',
    timeIsUp: 'expired',
    connectionChanged: 'overtaken',
  },
  granting: {
    verified: 'granted',
    notArrived: 'waiting',
    switchedOff: 'blocked',
    connectionChanged: 'overtaken',
  },
  blocked: {
    verified: 'granted',
    switchedOn: 'waiting',
    deny: 'denied',
    withdraw: 'withdrawn',
    timeIsUp: 'expired',
    connectionChanged: 'overtaken',
  },
  granted: {},
  denied: {},
  withdrawn: {},
  expired: {},
  overtaken: {},
};

export const openStates = ['waiting', 'withMicrosoft', 'granting', 'blocked'] as const satisfies ConsentState[];

export const isOpen = (state: ConsentState): boolean => Object.keys(moves[state]).length > 0;

/** Null: in this state the event changes nothing. */
export function nextState(state: ConsentState, event: ConsentEvent): ConsentState | null {
  return moves[state][event] ?? null;
}
