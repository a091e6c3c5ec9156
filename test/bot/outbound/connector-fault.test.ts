import { connectorFault, retryAfter } from '../../../src/bot/outbound/connector.ts';

const now = Date.parse('2026-11-21T09:00:00Z');
const httpFault = (rest: Record<string, unknown>) => Object.assign(new Error('failed'), { name: 'RestError' }, rest);

it.each<[string, unknown, Record<string, unknown>]>([
  ['a refused connection', httpFault({ code: 'ECONNREFUSED' }), { arrival: 'no', status: null }],
  ['an unknown name', httpFault({ code: 'ENOTFOUND' }), { arrival: 'no' }],
  ['a cut connection', httpFault({ code: 'ECONNRESET' }), { arrival: 'unknown' }],
  ['a time-out', Object.assign(new Error('aborted'), { name: 'AbortError' }), { arrival: 'unknown' }],
  [
    'an unreadable good answer',
    httpFault({ statusCode: 201, code: 'PARSE_ERROR' }),
    { arrival: 'unknown', status: null },
  ],
  ['no token for the bot', new Error('invalid_client'), { arrival: 'no' }],
  [
    'a refusal',
    httpFault({
      statusCode: 403,
      response: { headers: { get: () => undefined }, bodyAsText: '{"error":{"code":"BotNotInConversationRoster"}}' },
    }),
    { arrival: 'answered', status: 403, code: 'BotNotInConversationRoster', retryAfterMs: null },
  ],
  [
    'a pause',
    httpFault({ statusCode: 429, response: { headers: { get: () => '7' }, bodyAsText: '' } }),
    { arrival: 'answered', status: 429, code: null, retryAfterMs: 7_000 },
  ],
  ['a redirect', httpFault({ statusCode: 307 }), { arrival: 'answered', status: 307 }],
])('reads %s', (_what, error, expected) => {
  expect(connectorFault(error, now)).toMatchObject(expected);
});

it.each([
  ['3', 3_000],
  ['0', 0],
  ['Sat, 21 Nov 2026 09:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 08:00:00 GMT', 0],
  ['soon', null],
  ['', null],
  [undefined, null],
])('reads Retry-After %s as %s', (header, expected) => {
  expect(retryAfter(header, now)).toBe(expected);
});
