import { jest } from '@jest/globals';

/**
 * CI shares its machine with what it starts: a wait that ran out there is tried once more, and the first failure stays in
 * the log. Elsewhere nothing is tried twice.
 */
jest.retryTimes(Number(process.env.TEST_RETRIES ?? 0), { logErrorsBeforeRetry: true });
