import Sequencer from '@jest/test-sequencer';

/** The longest test of all must not be left for the end, when the other workers have nothing to do. */
const isLongest = ({ path }) => path.includes('/test/reliability/');

/** What mostly computes runs while the workers are young: each test file leaves memory behind, which slows whatever allocates. */
const computes = ({ path }) => path.includes('/test/packages/');

export default class LongAndHungryFirst extends Sequencer {
  sort(tests) {
    const rank = (test) => (isLongest(test) ? 0 : computes(test) ? 1 : 2);
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
