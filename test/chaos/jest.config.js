import unit from '../../jest.config.js';

/** Kills worker processes. The two tests mostly wait for what is missed of a dead one, so they run beside each other. */
export default {
  ...unit,
  rootDir: new URL('../..', import.meta.url).pathname,
  maxWorkers: 2,
  testMatch: ['<rootDir>/test/chaos/**/*.test.ts'],
  testPathIgnorePatterns: [],
};
