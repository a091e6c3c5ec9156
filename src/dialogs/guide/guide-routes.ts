import { z } from 'zod';
import type { Connections } from '../../connections/connections.ts';
import { tenantFault } from '../../connections/tenant-name.ts';
import type { Cloud } from '../../graph/clouds.ts';
import type { TenantLookup } from '../../graph/tenant-lookup.ts';
import { ProblemError } from '../../problems/problem.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { type GuideCard, guideCard } from './guide-card.ts';
import { guides } from './guide-steps.ts';

export interface GuideServices {
  connections: Pick<Connections, 'list'>;
  /** Asks the sign-in service which tenant has this name. */
  lookUpTenant: TenantLookup;
  clouds: readonly Cloud[];
  publicUrl: string;
}

const place = z.object({
  guide: z.enum(Object.keys(guides) as [keyof typeof guides]).default('registration'),
  step: z.coerce.number().int().min(0).max(20).default(0),
});
const mostConnections = 20;

/** The way for people who have no app registration yet. */
export function guideRoutes(services: GuideServices): Route[] {
  return [
    verb({
      verb: 'guide.show',
      permission: 'look',
      asks: true,
      data: place,
      handle: (turn, at) => reply(services, turn, at),
    }),
    verb({
      verb: 'guide.tenant',
      permission: 'look',
      asks: true,
      data: place.extend({ cloud: z.string().default(''), tenant: z.string().trim().default('') }),
      handle: async (turn, { cloud, tenant, ...at }) => {
        const finding = await check(services, cloud, tenant, turn.signal);
        return reply(services, turn, { ...at, finding, typed: { cloud, tenant } });
      },
    }),
  ];
}

async function reply(
  { connections, clouds, publicUrl }: GuideServices,
  turn: Turn,
  at: Pick<GuideCard, 'guide' | 'step' | 'finding' | 'typed'>,
): Promise<Reply> {
  const cloud = clouds.find(({ id }) => id === at.typed?.cloud) ?? clouds[0];
  if (cloud === undefined) throw new Error('At least one cloud is configured');
  const known = await connections.list((await turn.workspace()).id);
  return {
    kind: 'personalCard',
    card: guideCard({
      ...at,
      cloud,
      clouds,
      callbackUrls: { consent: `${publicUrl}/consent/callback`, signIn: `${publicUrl}/signin/callback` },
      connections: known.slice(0, mostConnections),
    }),
    summary: guides[at.guide].title,
  };
}

async function check(
  { clouds, lookUpTenant }: GuideServices,
  cloudId: string,
  tenant: string,
  signal: AbortSignal,
): Promise<NonNullable<GuideCard['finding']>> {
  const cloud = clouds.find(({ id }) => id === cloudId) ?? clouds[0];
  const fault = tenant === '' ? 'Enter the Directory (tenant) ID or a domain of the tenant.' : tenantFault(tenant);
  if (cloud === undefined || fault !== null) return { tone: 'attention', words: fault ?? 'Choose a cloud.' };
  try {
    const found = await lookUpTenant(cloud, tenant, signal);
    return found === null
      ? { tone: 'attention', words: `${cloud.label} knows no tenant ${tenant}. Check the cloud too.` }
      : { tone: 'good', words: `${tenant} exists in ${cloud.label}. Its Directory (tenant) ID is ${found}.` };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { tone: 'warning', words: `It could not be checked now: ${error.problem.what}` };
  }
}
