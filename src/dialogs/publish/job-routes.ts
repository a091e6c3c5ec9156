import { z } from 'zod';
import type { JobView } from '../../publishing/job-view.ts';
import type { Db } from '../../store/database.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { confirmCancelCard, type JobCard, jobCard, jobsCard, jobTitle } from './job-cards.ts';
import type { PublishServices } from './publish-services.ts';
import { stepsCard } from './steps-card.ts';

const jobId = z.object({ job: z.uuid() });
const number = z.string().transform((said) => said.trim().toLowerCase().replace(/^#/, ''));
const unknownJob: Reply = { kind: 'text', text: 'There is no such job here. Type jobs to see them.' };

export function jobRoutes(services: PublishServices): Route[] {
  const { jobs } = services;

  /** A job of this workspace; ids of other places are not known here. */
  const here = async (turn: Turn, id: string): Promise<JobView | null> => {
    const workspace = await turn.workspace();
    const job = await jobs.view(id);
    return job === null || job.workspaceId !== workspace.id ? null : job;
  };
  const byNumber = async (turn: Turn, said: string): Promise<JobView | null> =>
    jobs.find((await turn.workspace()).id, said);

  const list = async (turn: Turn, page: number): Promise<Reply> => {
    const workspace = await turn.workspace();
    const views = await jobs.list(workspace.id);
    const rows = await Promise.all(
      views.map(async (job) => {
        const [release, connection, group] = await Promise.all([
          services.releases.get(job.releaseId),
          services.connections.find(workspace.id, job.connectionId),
          services.groupWith(job.releaseId),
        ]);
        return { job, release, connectionName: connection?.name ?? 'a deleted connection', group };
      }),
    );
    return { kind: 'card', card: jobsCard(rows, page, turn.now), summary: 'Publish jobs' };
  };

  const askToCancel = async (turn: Turn, job: JobView): Promise<Reply> => {
    if (job.state === 'done') return jobReply(services, job.id, turn.now);
    const data = await jobCardData(services, job, turn.now);
    return { kind: 'personalCard', card: confirmCancelCard(data), summary: `Cancel ${jobTitle(data.release)}?` };
  };

  return [
    command({
      command: 'jobs',
      usage: 'jobs',
      summary: 'Publish jobs of this place, newest first',
      permission: 'look',
      input: z.string(),
      handle: (turn) => list(turn, 0),
    }),
    command({
      command: 'job',
      usage: 'job <id>',
      summary: 'One publish job and how it stands',
      permission: 'look',
      about: 'job',
      input: number,
      handle: async (turn, said) => {
        if (said === '') return list(turn, 0);
        const job = await byNumber(turn, said);
        return job === null ? unknownJob : jobReply(services, job.id, turn.now);
      },
    }),
    command({
      command: 'cancel',
      usage: 'cancel <id>',
      summary: 'Cancel a publish job',
      permission: 'publish',
      about: 'job',
      asks: true,
      input: number,
      handle: async (turn, said) => {
        if (said === '') return list(turn, 0);
        const job = await byNumber(turn, said);
        return job === null ? unknownJob : askToCancel(turn, job);
      },
    }),
    verb({
      verb: 'job.list',
      permission: 'look',
      data: z.object({ page: z.coerce.number().int().min(0) }),
      handle: (turn, { page }) => list(turn, page),
    }),
    verb({
      verb: 'job.show',
      permission: 'look',
      data: jobId,
      handle: async (turn, data) => {
        const job = await here(turn, data.job);
        return job === null ? unknownJob : jobReply(services, job.id, turn.now);
      },
    }),
    verb({
      verb: 'job.steps',
      permission: 'look',
      data: jobId.extend({ page: z.coerce.number().int().min(0).default(0) }),
      handle: async (turn, data) => {
        const job = await here(turn, data.job);
        if (job === null) return unknownJob;
        const view = await jobCardData(services, job, turn.now);
        return { kind: 'personalCard', card: stepsCard(view, data.page), summary: 'Steps' };
      },
    }),
    verb({
      verb: 'job.cancel',
      permission: 'publish',
      asks: true,
      data: jobId,
      handle: async (turn, data) => {
        const job = await here(turn, data.job);
        return job === null ? unknownJob : askToCancel(turn, job);
      },
    }),
    verb({
      verb: 'job.cancel.confirm',
      permission: 'publish',
      data: jobId,
      handle: async (turn, data) => {
        const job = await here(turn, data.job);
        if (job === null) return unknownJob;
        await jobs.cancel(job.id, turn.actor.objectId);
        return jobReply(services, job.id, turn.now);
      },
    }),
    verb({
      verb: 'job.look',
      permission: 'look',
      data: jobId,
      handle: async (turn, data) => {
        const job = await here(turn, data.job);
        if (job === null) return unknownJob;
        await jobs.lookNow(job.id);
        return jobReply(services, job.id, turn.now);
      },
    }),
    verb({
      verb: 'job.retry',
      permission: 'publish',
      data: jobId,
      handle: async (turn, data) => {
        const job = await here(turn, data.job);
        if (job === null) return unknownJob;
        if ((await services.connections.find(job.workspaceId, job.connectionId)) === null)
          return { kind: 'text', text: 'The connection of this job is not known here any more.' };
        // A sign-in that is its owner's alone is not used by who presses Retry.
        await services.connections.accessTo(job.connectionId, turn.actor.objectId);
        await jobs.retry(job.id, turn.actor.objectId);
        return jobReply(services, job.id, turn.now);
      },
    }),
  ];
}

async function jobCardData(services: PublishServices, job: JobView, now: Date, db?: Db): Promise<JobCard> {
  const release = await services.releases.get(job.releaseId, db);
  const connection = await services.connections.get(job.connectionId, db);
  if (connection === null) throw new Error('A job keeps its connection');
  const cloud = services.cloud(connection.cloud);
  return {
    job,
    release,
    connection,
    adminCentreUrl:
      cloud === undefined || job.appId === null ? null : services.appPage(cloud, connection.tenantId, job.appId),
    approvalsPage: cloud === undefined ? null : services.approvalsPage(cloud, connection.tenantId),
    supportContact: services.supportContact,
    group: await services.groupWith(job.releaseId, db),
    now,
  };
}

export async function jobReply(
  services: PublishServices,
  id: string,
  now: Date,
): Promise<Extract<Reply, { kind: 'card' }>> {
  const job = await services.jobs.view(id);
  if (job === null) throw new Error('No such job');
  const data = await jobCardData(services, job, now);
  return {
    kind: 'card',
    card: jobCard(data),
    summary: `${jobTitle(data.release)}: ${job.outcome ?? job.step}`,
    follow: { subject: 'job', subjectId: id },
  };
}

/** For the news of a job, which is made outside a turn. */
export async function jobNews(services: PublishServices, id: string, now: Date, tx: Db): Promise<JobCard | null> {
  const job = await services.jobs.view(id, tx);
  return job === null ? null : jobCardData(services, job, now, tx);
}
