import { leadsTheSameWay } from '../../src/connections/tenant-name.ts';

const opened = { cloud: 'global', tenantId: '11111111-1111-4111-8111-111111111111', clientId: 'app' };

it.each([
  ['the same', {}, {}, true],
  ['a domain that became its tenant’s id', {}, { tenantId: 'contoso.com' }, true],
  ['another tenant', { tenantId: '22222222-2222-4222-8222-222222222222' }, {}, false],
  ['another application', { clientId: 'other' }, {}, false],
  ['another application behind a domain', { clientId: 'other' }, { tenantId: 'contoso.com' }, false],
  ['another cloud', { cloud: 'china' }, {}, false],
])('a credential serves %s or not', (_what, current, before, expected) => {
  expect(leadsTheSameWay({ ...opened, ...current }, { ...opened, ...before })).toBe(expected);
});
