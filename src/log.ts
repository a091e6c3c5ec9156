import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

export interface LogOptions {
  level: string;
  destination?: DestinationStream;
}

/** Names under which a secret may travel through an object that somebody logs whole. */
const secretNames = [
  'authorization',
  'Authorization',
  'password',
  'appPassword',
  'secret',
  'clientSecret',
  'token',
  'accessToken',
  'access_token',
  'assertion',
  'downloadUrl',
  'sasUri',
  'azureStorageUri',
  'privateKey',
];
const depths = ['', '*.', '*.*.'];

export function createLog({ level, destination }: LogOptions): Logger {
  const options = {
    level,
    base: null,
    redact: {
      paths: [
        ...depths.flatMap((depth) => secretNames.map((name) => `${depth}${name}`)),
        'headers["x-ms-authorization"]',
      ],
      censor: '[removed]',
    },
    serializers: { err: describeError, error: describeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

interface DescribedError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: DescribedError;
}

/**
 * Only the fields below: errors of HTTP clients carry their whole request, authorization header included. Queries of
 * links are cut because they may hold a signature, and bound values of a failed SQL statement are left out.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: scrub(String(error)) };
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    message: scrub(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(error.stack === undefined ? {} : { stack: scrub(error.stack) }),
    ...(error.cause === undefined || depth >= 4 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

const linkQuery = /(https?:\/\/[^\s"'<>?]*)\?[^\s"'<>]*/g;
const boundValues = /\nparams: [\s\S]*?(?=\n {4}at |$)/g;
const bearer = /\b(bearer)\s+[\w.~+/=-]+/gi;

export function scrub(text: string): string {
  return text.replace(linkQuery, '$1?…').replace(boundValues, '').replace(bearer, '$1 …');
}
