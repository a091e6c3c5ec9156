import { installTime, isTimeZone } from '../../src/templates/install-times.ts';

const published = new Date('2026-11-20T23:30:00Z');

it.each<[string, string, { days: number; time: string }, string]>([
  ['a zone ahead: it is Saturday there already', 'Europe/Berlin', { days: 0, time: '09:00' }, '2026-11-21T08:00:00Z'],
  ['a zone behind: it is Friday there still', 'America/New_York', { days: 0, time: '09:00' }, '2026-11-20T14:00:00Z'],
  ['half an hour', 'Asia/Kolkata', { days: 1, time: '00:15' }, '2026-11-21T18:45:00Z'],
  ['UTC', 'UTC', { days: 3, time: '18:00' }, '2026-11-23T18:00:00Z'],
  [
    'the device’s own clock, whose digits stand as they are',
    'device',
    { days: 2, time: '07:05' },
    '2026-11-22T07:05:00Z',
  ],
])('counts days after publishing in %s', (_what, zone, moment, expected) => {
  expect(installTime(moment, zone, published)).toBe(expected);
});

it.each([
  ['skipped in spring', '2026-03-28T12:00:00Z', { days: 1, time: '02:30' }, '2026-03-29T01:30:00Z'],
  ['doubled in autumn', '2026-10-24T12:00:00Z', { days: 1, time: '02:30' }, '2026-10-25T00:30:00Z'],
  ['after the clocks changed', '2026-10-24T12:00:00Z', { days: 2, time: '09:00' }, '2026-10-26T08:00:00Z'],
])('knows an hour that is %s', (_what, at, moment, expected) => {
  expect(installTime(moment, 'Europe/Berlin', new Date(at))).toBe(expected);
});

it('knows zones', () => {
  expect(['device', 'Europe/Berlin', 'UTC', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});
