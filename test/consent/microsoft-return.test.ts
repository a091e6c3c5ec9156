import { type MicrosoftReturn, readReturn } from '../../src/consent/microsoft-return.ts';

const tenant = '8D1F4B62-2A7C-4F3B-9D55-31C7E0A4B920';
const refusal = (code: number, error = 'access_denied') => ({
  error,
  error_description: `AADSTS${code}: words of Microsoft, which nobody here shows. Trace ID: 1`,
});
const stopped = (note: string) => ({ kind: 'stopped', note }) as MicrosoftReturn;

it.each<[string, Record<string, string>, MicrosoftReturn]>([
  ['a grant', { admin_consent: 'True', tenant }, { kind: 'granted', tenant: tenant.toLowerCase() }],
  ['a grant without a tenant', { admin_consent: 'true' }, { kind: 'granted', tenant: null }],
  ['an error beside a grant', { admin_consent: 'True', tenant, error: 'access_denied' }, { kind: 'notGranted' }],
  ['a refusal or a request for approval', refusal(65004), { kind: 'notGranted' }],
  ['a refusal without a number', { error: 'permission_denied' }, { kind: 'notGranted' }],
  ['somebody who may not grant', refusal(90094), stopped('needsAdmin')],
  ['an app that Microsoft thinks risky', refusal(900941), stopped('needsAdmin')],
  ['an account of another tenant', refusal(50020, 'invalid_request'), stopped('wrongAccount')],
  ['a person who is not assigned to the app', refusal(50105), stopped('wrongAccount')],
  ['a rule of the tenant', refusal(53003), stopped('policy')],
  ['restrictions of the network', refusal(500021), stopped('policy')],
  ['an error nobody knows', refusal(999999, 'server_error'), stopped('microsoft')],
  ['an answer that says nothing', {}, stopped('microsoft')],
  ['a denial in other words', { admin_consent: 'False' }, stopped('microsoft')],
])('reads %s', (_what, query, expected) => {
  expect(readReturn(new URLSearchParams({ state: 'x', ...query }))).toEqual(expected);
});
