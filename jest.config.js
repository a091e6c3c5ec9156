/** Everything that needs no browser; `test/e2e` and `test/chaos` have their own. */
export default {
  rootDir: import.meta.dirname,
  // Node reads TypeScript by itself, and a worker loads each module once: with jest's own runner, which loads everything anew
  // for each file in a context of its own, the same tests take more than twice the processor time.
  runner: 'jest-light-runner',
  testSequencer: '<rootDir>/test/jest/sequencer.js',
  setupFilesAfterEnv: ['<rootDir>/test/jest/limits.ts'],
  // More than a small machine has processors: the tests of conversations wait much of their time.
  maxWorkers: 3,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/test/chaos/'],
};
