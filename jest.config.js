/** Everything that needs no browser; `test/e2e` and `test/chaos` have their own. */
export default {
  rootDir: import.meta.dirname,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  testEnvironment: '<rootDir>/test/jest/plain-context.js',
  testSequencer: '<rootDir>/test/jest/sequencer.js',
  setupFilesAfterEnv: ['<rootDir>/test/jest/retries.ts'],
  restoreMocks: true,
  testTimeout: 120_000,
  maxWorkers: 3,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/test/chaos/'],
};
