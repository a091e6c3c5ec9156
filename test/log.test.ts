import { Writable } from 'node:stream';
import { createLog, scrub } from '../src/log.ts';

const lines: string[] = [];
const destination = new Writable({
  write(chunk: Buffer, _encoding, done) {
    lines.push(chunk.toString('utf8'));
    done();
  },
});
const log = createLog({ level: 'info', destination });
beforeEach(() => {
  lines.length = 0;
});

it.each([
  [{ authorization: 'Bearer abc.def' }],
  [{ headers: { authorization: 'Bearer abc.def' } }],
  [{ config: { bot: { appPassword: 'abc.def' } } }],
  [{ connection: { clientSecret: 'abc.def' } }],
  [{ err: Object.assign(new Error('failed'), { request: { headers: { authorization: 'Bearer abc.def' } } }) }],
  [{ err: new Error('GET https://store.example/file?sig=abc.def failed') }],
  [{ err: new Error('failed', { cause: new Error('with Bearer abc.def') }) }],
  [{ err: new Error('Failed query: insert into secrets values ($1)\nparams: abc.def,other') }],
])('keeps the secret out of %j', (fields) => {
  log.info(fields, 'Something happened');

  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('abc.def');
});

it('keeps the cause, the code and the stack of an error', () => {
  const error = Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'ECONNRESET' });

  log.error({ err: error }, 'Failed');

  expect(JSON.parse(lines[0]!)).toMatchObject({
    err: { type: 'Error', message: 'outer', code: 'ECONNRESET', cause: { message: 'inner' } },
  });
  expect(JSON.parse(lines[0]!).err.stack).toContain('log.test.ts');
});

it('leaves the host and path of a link, which say where it failed', () => {
  expect(scrub('PUT https://store.example/a/b.apk?sig=1&se=2 answered 403')).toBe(
    'PUT https://store.example/a/b.apk?… answered 403',
  );
});
