import { z } from 'zod';
import type { Actor, Workspace } from '../../access/actor.ts';
import { card, execute, header, openUrl, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import { androidMinimumOsFor, androidMinimumOsVersions } from '../../graph/android-minimum-os.ts';
import { makePlan, withAction } from '../../publishing/planner.ts';
import { proposedForm, type ReleaseForm, readReleaseForm } from '../../publishing/release-form.ts';
import { type Release, StaleRelease } from '../../publishing/releases.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { jobReply } from './job-routes.ts';
import type { PublishServices } from './publish-services.ts';
import { discardedCard, planCard, readingCard, refusedPackageCard, releaseFormCard } from './release-cards.ts';

const releaseId = z.object({ release: z.uuid() });
const pressOnRelease = releaseId.extend({ revision: z.coerce.number().int() });

export function releaseRoutes(services: PublishServices): Route[] {
  const { releases, jobs } = services;

  /** The release, if it is of this workspace and the presser is who asked for it. */
  const own = async (turn: Turn, id: string): Promise<Release | Reply> => {
    const workspace = await turn.workspace();
    const release = await releases.find(workspace.id, id);
    if (release === null) return { kind: 'text', text: 'This draft is not known here any more.' };
    if (release.requester.objectId !== turn.actor.objectId)
      return { kind: 'text', text: `Only ${release.requester.name}, who asked for this, can change or confirm it.` };
    return release;
  };

  const startPublishing = async (turn: Turn): Promise<Reply> => {
    const workspace = await turn.workspace();
    if ((await usableConnections(services, workspace.id)).length === 0) return connectFirst(services, workspace.id);
    const { url } = await services.tickets.issue({
      ...requester(turn.actor),
      workspaceId: workspace.id,
      homeTenantId: workspace.homeTenantId,
      place: turn.place,
    });
    return {
      kind: 'personalCard',
      summary: 'Your upload link',
      card: card(
        [
          header({ title: 'Publish an app', where: workspace.name ?? undefined }),
          text(
            'Choose the package on the upload page. It works on a phone, and an interrupted upload goes on where it stopped.',
          ),
          text(
            'The link is yours alone, opens once and lasts an hour. Nothing is published before you confirm the plan here.',
            { subtle: true },
          ),
          text('Instead of uploading you can type publish with an https link to the package.', { subtle: true }),
        ],
        [openUrl('Open the upload page', url)],
      ),
    };
  };

  const show = async (release: Release, now: Date): Promise<Reply> => releaseReply(services, release, now);

  return [
    command({
      command: 'publish',
      usage: 'publish [https link]',
      summary: 'Publish an app: upload a package, or name a link to it',
      permission: 'publish',
      input: z.string().transform((said) => bareLink(said)),
      handle: async (turn, link) => {
        if (link === '') return startPublishing(turn);
        const workspace = await turn.workspace();
        if ((await usableConnections(services, workspace.id)).length === 0) return connectFirst(services, workspace.id);
        return fromLink(services, turn, workspace, link);
      },
    }),
    verb({ verb: 'publish.start', permission: 'publish', data: z.object({}), handle: (turn) => startPublishing(turn) }),
    {
      kind: 'file',
      permission: 'publish',
      handle: async (turn, file) => {
        const workspace = await turn.workspace();
        if ((await usableConnections(services, workspace.id)).length === 0) return connectFirst(services, workspace.id);
        return fromLink(services, turn, workspace, file.downloadUrl, file.name);
      },
    },
    verb({
      verb: 'publish.form',
      permission: 'publish',
      data: releaseId,
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        if (release.state !== 'draft' && release.state !== 'planned') return show(release, turn.now);
        return formReply(services, release, release.form ?? undefined);
      },
    }),
    verb({
      verb: 'publish.plan',
      permission: 'publish',
      data: pressOnRelease.loose(),
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        if (release.revision !== data.revision || (release.state !== 'draft' && release.state !== 'planned'))
          return show(release, turn.now);
        const read = readReleaseForm(data);
        if ('faults' in read) return formReply(services, release, data as Partial<ReleaseForm>, read.faults);
        return plan(services, turn, release, read.form);
      },
    }),
    verb({
      verb: 'publish.confirm',
      permission: 'publish',
      data: pressOnRelease.extend({ action: z.string().max(80).optional() }),
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        if (release.state !== 'planned' || release.plan === null || release.revision !== data.revision)
          return show(release, turn.now);
        const chosen = withAction(release.plan, data.action);
        const connection = await services.connections.find(release.workspaceId, release.plan.connectionId);
        if (connection === null)
          return formReply(services, release, release.form ?? undefined, {
            form: 'That connection was deleted. Choose another.',
          });
        if (chosen === null)
          return {
            kind: 'personalCard',
            card: planCard({
              release,
              plan: release.plan,
              connection,
              fault: 'Choose whether it is a new version or a new app',
            }),
            summary: 'Plan',
          };
        try {
          const jobId = await releases.confirm(release, chosen, (tx, confirmed) =>
            jobs.start(tx, { releaseId: confirmed.id, workspaceId: confirmed.workspaceId, plan: chosen }),
          );
          jobs.nudge();
          return await jobReply(services, jobId, turn.now);
        } catch (error) {
          if (error instanceof StaleRelease) return show(error.release, turn.now);
          throw error;
        }
      },
    }),
    verb({
      verb: 'publish.discard',
      permission: 'publish',
      data: pressOnRelease,
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        if (release.revision !== data.revision || release.state === 'started' || release.state === 'discarded')
          return show(release, turn.now);
        try {
          return await show(await releases.discard(release), turn.now);
        } catch (error) {
          if (error instanceof StaleRelease) return show(error.release, turn.now);
          throw error;
        }
      },
    }),
    verb({
      verb: 'publish.show',
      permission: 'look',
      data: releaseId,
      handle: async (turn, data) => {
        const workspace = await turn.workspace();
        const release = await releases.find(workspace.id, data.release);
        return release === null
          ? { kind: 'text', text: 'This draft is not known here any more.' }
          : show(release, turn.now);
      },
    }),
  ];
}

/** Clients wrap a link in angle brackets or Markdown when it is pasted. */
function bareLink(said: string): string {
  const text = said.trim();
  return /^\[[^\]]*\]\((\S+)\)$/.exec(text)?.[1] ?? /^<(\S+)>$/.exec(text)?.[1] ?? text;
}

const requester = (actor: Actor) => ({
  requester: { objectId: actor.objectId, name: actor.name, teamsId: actor.teamsId },
});

async function connectFirst(services: PublishServices, workspaceId: string): Promise<Reply> {
  const [broken] = await services.connections.list(workspaceId);
  if (broken !== undefined)
    return {
      kind: 'card',
      summary: `${broken.name} does not work yet`,
      card: card(
        [
          header({ title: `${broken.name} does not work yet` }),
          text(broken.lastProblem?.what ?? 'Publishing needs a connection that works. This one is not finished.'),
        ],
        [
          execute('Open the connection', 'connection.show', { connection: broken.id }),
          execute('Connections', 'connection.list', { page: 0 }),
        ],
      ),
    };
  return {
    kind: 'card',
    summary: 'Connect to Intune first',
    card: card(
      [
        header({ title: 'Connect to Intune first' }),
        text('Publishing needs a connection that works. It takes an app registration and two minutes.'),
      ],
      [execute('Connect to Intune', 'connection.form')],
    ),
  };
}

async function usableConnections(services: PublishServices, workspaceId: string): Promise<StoredConnection[]> {
  const all = await services.connections.list(workspaceId);
  return all.filter((connection) => connection.status === 'connected' || connection.statusReason === 'propagating');
}

async function fromLink(
  services: PublishServices,
  turn: Turn,
  workspace: Workspace,
  link: string,
  fileName?: string,
): Promise<Reply> {
  const accepted = await services.linkImport.begin({
    ...requester(turn.actor),
    workspaceId: workspace.id,
    homeTenantId: workspace.homeTenantId,
    place: turn.place,
    url: link,
    ...(fileName === undefined ? {} : { fileName }),
    signal: turn.signal,
  });
  // Words, not a card: the draft comes as a card of its own, and a card that stays behind would tell an old state.
  return { kind: 'text', text: `I am fetching ${accepted.fileName} from ${accepted.host}. Its draft follows here.` };
}

/** The card that fits the release's state, for everybody who sees it. */
export async function releaseReply(
  services: PublishServices,
  release: Release,
  now: Date,
): Promise<Extract<Reply, { kind: 'card' }>> {
  const follow = { subject: 'release', subjectId: release.id } as const;
  const name = release.facts?.displayName ?? release.origin.fileName;
  switch (release.state) {
    case 'reading':
      return { kind: 'card', card: readingCard(release), summary: `Reading ${name}`, follow };
    case 'failed':
      return {
        kind: 'card',
        card: refusedPackageCard(release, services.supportContact),
        summary: `${name} was refused`,
        follow,
      };
    case 'discarded':
      return { kind: 'card', card: discardedCard(release), summary: `${name} was discarded`, follow };
    case 'started': {
      const job = await services.jobs.ofRelease(release.id);
      if (job !== null) return jobReply(services, job.id, now);
      return { kind: 'card', card: readingCard(release), summary: name, follow };
    }
    case 'planned': {
      const connection =
        release.plan === null ? null : await services.connections.find(release.workspaceId, release.plan.connectionId);
      if (release.plan !== null && connection !== null)
        return {
          kind: 'card',
          card: planCard({ release, plan: release.plan, connection }),
          summary: `Plan: ${name}`,
          follow,
        };
      return { ...(await formReply(services, release, release.form ?? undefined)), kind: 'card', follow };
    }
    case 'draft': {
      const made = await formReply(services, release, release.form ?? undefined);
      return { ...made, kind: 'card', follow };
    }
  }
}

async function formReply(
  services: PublishServices,
  release: Release,
  values?: Partial<ReleaseForm>,
  faults?: Parameters<typeof releaseFormCard>[0]['faults'],
) {
  const connections = await usableConnections(services, release.workspaceId);
  const minimum = androidMinimumOsFor(release.facts?.details.minSdkVersion ?? null);
  const only = connections.length === 1 ? connections[0] : undefined;
  const proposed = release.facts === null ? {} : proposedForm(release.facts, minimum);
  return {
    kind: 'personalCard' as const,
    card: releaseFormCard({
      release,
      connections,
      minimumOsChoices: androidMinimumOsVersions.map(({ flag, label }) => ({ title: label, value: flag })),
      values: { ...proposed, ...(only === undefined ? {} : { connectionId: only.id }), ...values },
      ...(faults === undefined ? {} : { faults }),
    }),
    summary: `Draft of ${release.facts?.displayName ?? release.origin.fileName}`,
  };
}

async function plan(services: PublishServices, turn: Turn, release: Release, form: ReleaseForm): Promise<Reply> {
  const connection = await services.connections.find(release.workspaceId, form.connectionId);
  if (connection === null)
    return formReply(services, release, form, { connectionId: 'This connection is not known here any more' });
  const { mobileApps } = await services.connections.accessTo(connection.id);
  const made = await makePlan(release, form, connection, mobileApps, turn.signal);
  try {
    const planned = await services.releases.savePlan(release, form, made);
    return {
      kind: 'card',
      card: planCard({ release: planned, plan: made, connection }),
      summary: `Plan: ${made.displayName} ${made.version}`,
      follow: { subject: 'release', subjectId: release.id },
    };
  } catch (error) {
    if (error instanceof StaleRelease) return releaseReply(services, error.release, turn.now);
    throw error;
  }
}
