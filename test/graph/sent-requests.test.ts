import { graphAllowList } from '../fakes/graph-allow-list.ts';
import { loadGraphValidator } from '../fakes/graph-metadata.ts';
import { violationsOf } from '../fakes/graph-requests.ts';

/** The check that every product in the tests ends with: what it sent to Graph passes Graph's metadata. */
const validate = await loadGraphValidator();
const checks = validate === null ? it.skip : it;
const apps = '/deviceAppManagement/mobileApps';

checks('sees what Graph would refuse', () => {
  const body = { '@odata.type': '#microsoft.graph.webApp', displayName: 'Intranet', colour: 'red' };

  expect(violationsOf({ version: 'v1.0', method: 'POST', path: apps, body }).join()).toContain('colour');
});

checks('lets pass what stands in the list, with the documentation that is followed', () => {
  const path = '/deviceManagement/operationApprovalRequests/cancelMyRequest';

  expect(validate?.('beta', 'POST', path, {})).not.toEqual([]);
  expect(violationsOf({ version: 'beta', method: 'POST', path, body: {} })).toEqual([]);
  for (const { documentation } of graphAllowList)
    expect(documentation).toMatch(/^https:\/\/learn\.microsoft\.com\/graph\//);
});
