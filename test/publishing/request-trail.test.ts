import { RequestTrail, type TrackedRequest } from '../../src/publishing/request-trail.ts';

const request = (method: string, status: number | null, requestId: string | null = 'id') => ({
  method,
  pathTemplate: '/deviceAppManagement/mobileApps/{id}/assign',
  status,
  requestId,
});

describe('the requests of a step', () => {
  it('are those that changed something or failed, the latest four', async () => {
    const trail = new RequestTrail();
    const requests: TrackedRequest[] = [];

    await trail.during(requests, async () => {
      await Promise.resolve();
      trail.requested(request('POST', 429, 'first'));
      trail.requested(request('GET', 200));
      trail.requested(request('GET', 503, 'failed'));
      trail.requested(request('POST', null, null));
      trail.requested(request('POST', 412));
      trail.requested(request('POST', 201, 'last'));
    });

    expect(requests).toEqual([
      { what: 'GET …/assign', status: 503, requestId: 'failed' },
      { what: 'POST …/assign', status: null, requestId: null },
      { what: 'POST …/assign', status: 412, requestId: 'id' },
      { what: 'POST …/assign', status: 201, requestId: 'last' },
    ]);
  });

  it('of two steps at the same time are not mixed up, and others are not noted', async () => {
    const trail = new RequestTrail();
    const first: TrackedRequest[] = [];
    const second: TrackedRequest[] = [];
    const pause = () => new Promise((resolve) => setImmediate(resolve));

    trail.requested(request('POST', 201, 'nobody'));
    await Promise.all([
      trail.during(first, async () => {
        await pause();
        trail.requested(request('POST', 201, 'one'));
      }),
      trail.during(second, async () => {
        trail.requested(request('POST', 201, 'two'));
        await pause();
      }),
    ]);

    expect([first.map(({ requestId }) => requestId), second.map(({ requestId }) => requestId)]).toEqual([
      ['one'],
      ['two'],
    ]);
  });
});
