import { testConnection } from '../../src/connections/connection-tester.ts';
import { builtInClouds } from '../../src/graph/clouds.ts';
import type { GraphClient, GraphRequest } from '../../src/graph/graph-client.ts';
import { type ProblemCode, ProblemError } from '../../src/problems/problem.ts';
import { accessToken } from '../fakes/access-token.ts';

const tenantId = '11111111-1111-4111-8111-111111111111';
const publish = 'DeviceManagementApps.ReadWrite.All';

interface Scene {
  tenant?: string;
  token?: string | ProblemCode | Promise<never>;
  intune?: ProblemCode | 'answers' | 'silence';
  signal?: AbortSignal;
  timeoutMs?: number;
}

function begin({ tenant = tenantId, token = tokenWith([publish]), intune = 'answers', ...rest }: Scene = {}) {
  const requests: GraphRequest<unknown>[] = [];
  const fresh: (boolean | undefined)[] = [];
  const graph: Pick<GraphClient, 'send'> = {
    async send<T>(request: GraphRequest<T>) {
      requests.push(request);
      request.signal?.throwIfAborted();
      if (intune === 'silence')
        return new Promise<never>((_, reject) => {
          request.signal?.addEventListener('abort', () => reject(request.signal?.reason));
        });
      if (intune !== 'answers') throw new ProblemError(intune, { ids: { requestId: 'the-request' } });
      return undefined as T;
    },
  };
  const result = testConnection({
    cloud: builtInClouds[0]!,
    tenantId: tenant,
    graph: graph as GraphClient,
    tokenSource: {
      async getToken(_, options) {
        fresh.push(options?.fresh);
        if (token instanceof Promise) return token;
        if (!token.includes('.')) throw new ProblemError(token as ProblemCode);
        return { value: token, expiresAt: 0 };
      },
    },
    ...rest,
  });
  return { result, requests, fresh };
}

const tokenWith = (roles: string[] | undefined, tid = tenantId) => accessToken({ tid, roles });

describe('testing a connection', () => {
  it('is satisfied by a fresh token of the right tenant and an answer of Intune', async () => {
    const { result, requests, fresh } = begin();

    expect(await result).toEqual({
      status: 'connected',
      reason: null,
      problem: null,
      roles: [publish],
      tenantId,
      probe: 'answered',
    });
    expect(fresh).toEqual([true]);
    expect(requests).toMatchObject([
      { method: 'GET', path: '/deviceAppManagement/mobileApps', query: { $top: '1', $select: 'id' } },
    ]);
  });

  it('learns the id of a tenant that was given by its domain', async () => {
    expect(await begin({ tenant: 'contoso.com' }).result).toMatchObject({ status: 'connected', tenantId });
  });

  it('manages with a token it cannot read', async () => {
    expect(await begin({ token: 'opaque.to.us' }).result).toMatchObject({ status: 'connected', roles: null, tenantId });
    expect(await begin({ token: 'opaque.to.us', tenant: 'contoso.com' }).result).toMatchObject({
      tenantId: 'contoso.com',
    });
  });

  it('is connected with less than publishing needs: what is missing is shown elsewhere', async () => {
    const token = tokenWith(['DeviceManagementApps.Read.All']);

    expect(await begin({ token }).result).toMatchObject({
      status: 'connected',
      roles: ['DeviceManagementApps.Read.All'],
    });
  });

  it('stops at a token of another tenant', async () => {
    const { result, requests } = begin({ token: tokenWith([publish], '99999999-9999-4999-8999-999999999999') });

    expect(await result).toMatchObject({ status: 'error', reason: 'tokenForOtherTenant', tenantId, probe: 'notAsked' });
    expect(requests).toEqual([]);
  });

  it.each<[string, Scene, Record<string, unknown>]>([
    [
      'no permission at all',
      { token: tokenWith(undefined), intune: 'graphPermissionMissing' },
      { status: 'notFinished', reason: 'draft', problem: { code: 'notConsented' }, roles: [], probe: 'refused' },
    ],
    [
      'permissions for something else',
      { token: tokenWith(['Group.Read.All']), intune: 'graphPermissionMissing' },
      {
        status: 'notFinished',
        reason: 'draft',
        problem: { code: 'notConsented', detail: 'It has 1 other permission.', ids: { requestId: 'the-request' } },
      },
    ],
    [
      'an unreadable token that Intune refuses',
      { token: 'opaque.to.us', intune: 'graphPermissionMissing' },
      { status: 'notFinished', reason: 'draft', problem: { code: 'notConsented' } },
    ],
    [
      'a permission that Intune does not know yet',
      { intune: 'graphPermissionMissing' },
      { status: 'notFinished', reason: 'propagating', problem: { code: 'permissionsPropagating', retryable: true } },
    ],
    [
      'a refusal that has nothing to do with the permission',
      { intune: 'graphForbidden' },
      { status: 'error', reason: 'graphForbidden', problem: { code: 'graphForbidden' } },
    ],
    [
      'a consent that is missing at the sign-in',
      { token: 'notConsented' },
      { status: 'notFinished', reason: 'draft', roles: null, probe: 'notAsked' },
    ],
    ['an expired secret', { token: 'secretExpired' }, { status: 'error', reason: 'secretExpired' }],
    ['an unknown app', { token: 'appNotInTenant' }, { status: 'error', reason: 'appNotInTenant' }],
    [
      'a tenant without Intune',
      { intune: 'intuneNotAvailable' },
      { status: 'error', reason: 'intuneNotAvailable', roles: [publish], probe: 'notAsked' },
    ],
    ['a network that is down', { token: 'networkDown' }, { status: 'error', problem: { retryable: true } }],
    ['an Intune that is down', { intune: 'graphDown' }, { status: 'error', problem: { retryable: true } }],
  ])('%s', async (_, scene, expected) => {
    expect(await begin(scene).result).toMatchObject(expected);
  });

  it('ends in time, whoever stays silent', async () => {
    const slow = { status: 'error', reason: 'networkDown', problem: { retryable: true } };

    expect(await begin({ intune: 'silence', timeoutMs: 20 }).result).toMatchObject({ ...slow, roles: [publish] });
  });

  it('has no result when it is cancelled', async () => {
    const abort = new AbortController();

    const { result } = begin({ intune: 'silence', signal: abort.signal });
    abort.abort(new Error('shutting down'));

    await expect(result).rejects.toThrow('shutting down');
  });

  it('does not take a fault of this product for a state of the connection', async () => {
    const broken = Promise.reject(new TypeError('a bug'));

    await expect(begin({ token: broken }).result).rejects.toThrow('a bug');
  });
});
