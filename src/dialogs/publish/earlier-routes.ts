import { z } from 'zod';
import { type EarlierPackage, whyNoWayBack } from '../../publishing/earlier-packages.ts';
import type { JobView } from '../../publishing/job-view.ts';
import type { Release } from '../../publishing/releases.ts';
import { type Reply, type Route, verb } from '../route.ts';
import { earlierCard } from './earlier-cards.ts';
import type { PublishServices } from './publish-services.ts';

export interface EarlierServices {
  connections: Pick<PublishServices['connections'], 'find'>;
  jobs: { view(id: string): Promise<JobView | null> };
  /** The last packages of an app, the latest first. */
  earlier(app: { workspaceId: string; appId: string }): Promise<EarlierPackage[]>;
  /** Writes a draft of a package that was published before, and sends its card. */
  again(earlierId: string, draft: Pick<Release, 'requester' | 'place'> & { homeTenantId: string }): Promise<void>;
}

const unknown: Reply = { kind: 'text', text: 'There is no such package here. Type jobs to see what was published.' };

/** Going back to a package that was published before. */
export function earlierRoutes(services: EarlierServices): Route[] {
  return [
    verb({
      verb: 'job.versions',
      permission: 'look',
      data: z.object({ connection: z.uuid(), app: z.string().max(100) }),
      handle: async (turn, data) => {
        const workspace = await turn.workspace();
        const connection = await services.connections.find(workspace.id, data.connection);
        if (connection === null) return unknown;
        const packages = await services.earlier({ workspaceId: workspace.id, appId: data.app });
        return {
          kind: 'personalCard',
          card: earlierCard({ packages, appId: data.app, connection, now: turn.now }),
          summary: 'Earlier versions',
        };
      },
    }),
    verb({
      verb: 'job.again',
      permission: 'publish',
      data: z.object({ job: z.uuid() }),
      handle: async (turn, data) => {
        const workspace = await turn.workspace();
        const job = await services.jobs.view(data.job);
        if (job === null || job.workspaceId !== workspace.id || job.appId === null) return unknown;
        const packages = await services.earlier({ workspaceId: workspace.id, appId: job.appId });
        const chosen = packages.find(({ jobId }) => jobId === job.id);
        if (chosen === undefined || chosen.place === 'gone')
          return { kind: 'text', text: 'That package is no longer kept. Publish it again from its file.' };
        const refusal = whyNoWayBack(chosen.graphType);
        if (refusal !== null) return { kind: 'text', text: refusal };
        await services.again(chosen.releaseId, {
          requester: { objectId: turn.actor.objectId, name: turn.actor.name, teamsId: turn.actor.teamsId },
          homeTenantId: workspace.homeTenantId,
          place: turn.place,
        });
        return { kind: 'text', text: `A draft of ${chosen.displayName} ${chosen.version} follows here.` };
      },
    }),
  ];
}
