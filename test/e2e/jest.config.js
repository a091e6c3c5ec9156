import { join } from 'node:path';
import unit from '../../jest.config.js';

/** Tests that drive Chromium; one after the other, because each starts the whole demo. */
export default {
  ...unit,
  rootDir: join(import.meta.dirname, '../..'),
  maxWorkers: 1,
  testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
  testPathIgnorePatterns: [],
};
