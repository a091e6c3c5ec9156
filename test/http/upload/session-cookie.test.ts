import { createSessionCookie } from '../../../src/http/upload/session-cookie.ts';

const id = '0b9d2c1e-1111-4222-8333-444455556666';

describe('the session cookie', () => {
  it('is for secure connections only when the service has one', () => {
    const cookie = createSessionCookie({ secure: true, maxAgeMs: 60_000 });

    expect(cookie.set(id, 'value')).toEqual([
      `__Secure-qm_upload=value; Path=/upload/${id}; Max-Age=60; HttpOnly; SameSite=Strict; Secure`,
      `__Secure-qm_upload=value; Path=/files/${id}; Max-Age=60; HttpOnly; SameSite=Strict; Secure`,
    ]);
  });

  it.each([
    ['qm_upload=abc', 'abc'],
    ['other=1; qm_upload=abc; more=2', 'abc'],
    ['  qm_upload = abc ', 'abc'],
    ['xqm_upload=abc', null],
    ['qm_upload=', null],
    ['qm_upload', null],
    ['', null],
    [undefined, null],
  ])('is read from %j as %j', (header, value) => {
    expect(createSessionCookie({ secure: false, maxAgeMs: 1 }).read(header)).toBe(value);
  });

  it('does not take the insecure name over a secure connection', () => {
    expect(createSessionCookie({ secure: true, maxAgeMs: 1 }).read('qm_upload=abc')).toBeNull();
  });
});
