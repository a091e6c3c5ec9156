import { z } from 'zod';
import type { Outbound } from '../network/outbound.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Cloud } from './clouds.ts';

/** The id of a tenant that is named by id or domain; null when the cloud does not know it. */
export type TenantLookup = (cloud: Cloud, tenant: string, signal: AbortSignal) => Promise<string | null>;

const metadata = z.object({ issuer: z.string() });
/** Somebody waits for the card, and a turn has less than three seconds. */
const longestMs = 2_300;

/** Microsoft publishes each tenant's metadata to everybody; its issuer carries the tenant's id. */
export function createTenantLookup(outbound: Pick<Outbound, 'fetch'>): TenantLookup {
  return async (cloud, tenant, signal) => {
    const url = `${cloud.loginUrl}/${encodeURIComponent(tenant)}/v2.0/.well-known/openid-configuration`;
    const ends = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
    try {
      const response = await outbound.fetch(url, { signal: ends });
      const body = await response.text();
      if (response.status === 400 || response.status === 404) return null;
      const read = response.ok ? metadata.safeParse(JSON.parse(body)) : null;
      const id = read?.success ? /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(read.data.issuer)?.[0] : undefined;
      if (id === undefined) throw new ProblemError('entraBusy');
      return id.toLowerCase();
    } catch (error) {
      if (error instanceof ProblemError) throw error;
      throw new ProblemError('networkDown', { cause: error });
    }
  };
}
