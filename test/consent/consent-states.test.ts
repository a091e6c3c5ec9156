import { type ConsentEvent, type ConsentState, isOpen, nextState } from '../../src/consent/consent-states.ts';

const states: ConsentState[] = [
  'waiting',
  'withMicrosoft',
  'granting',
  'blocked',
  'granted',
  'denied',
  'withdrawn',
  'expired',
  'overtaken',
];
const events: ConsentEvent[] = [
  'notGrantedThere',
  'grantReported',
  'verified',
  'notArrived',
  'switchedOff',
  'switchedOn',
  'deny',
  'withdraw',
  'timeIsUp',
  'connectionChanged',
];

/** From a seed, so that a failure can be looked at again. */
function randomly(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

describe('the moves of a consent request', () => {
  it.each(states.filter((state) => !isOpen(state)))('end in %s', (state) => {
    expect(events.map((event) => nextState(state, event))).toEqual(events.map(() => null));
  });

  it('lead to granted by a verified token only', () => {
    const ways = states.flatMap((state) => events.filter((event) => nextState(state, event) === 'granted'));

    expect(new Set(ways)).toEqual(new Set(['verified']));
  });

  it('take no denial and no withdrawal once Microsoft has the grant', () => {
    expect(nextState('granting', 'deny')).toBeNull();
    expect(nextState('granting', 'withdraw')).toBeNull();
    expect(nextState('granting', 'timeIsUp')).toBeNull();
  });

  it.each(Array.from({ length: 200 }, (_, seed) => seed + 1))('keep their promises in sequence %i', (seed) => {
    const random = randomly(seed);
    let state: ConsentState = 'waiting';
    let verified = false;
    for (let step = 0; step < 30; step += 1) {
      const event = events[Math.floor(random() * events.length)] as ConsentEvent;
      const next: ConsentState | null = nextState(state, event);
      if (!isOpen(state)) expect(next).toBeNull();
      if (next === null) continue;
      verified ||= event === 'verified';
      state = next;
      expect(state === 'granted').toBe(verified);
    }
  });
});
