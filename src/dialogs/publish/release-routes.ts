import { z } from 'zod';
import type { Actor, Workspace } from '../../access/actor.ts';
import { card, execute, header, openBeside, openUrl, text } from '../../cards/pieces.ts';
import { shapeFor } from '../../publishing/kinds/app-shapes.ts';
import { withAction } from '../../publishing/planner.ts';
import { type FormStep, type FormValues, mergeValues } from '../../publishing/release-form.ts';
import type { Release } from '../../publishing/releases.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { importReply } from './import-routes.ts';
import { jobReply } from './job-routes.ts';
import type { PublishServices } from './publish-services.ts';
import { discardedCard, readingCard, refusedPackageCard } from './release-cards.ts';
import {
  connectionsToPublishWith,
  formReply,
  plannedReply,
  planReply,
  unlessStale,
  valuesOf,
  withChosenTemplate,
} from './release-form-reply.ts';
import { requestCard } from './request-card.ts';

const releaseId = z.object({ release: z.uuid() });
const pressOnRelease = releaseId.extend({ revision: z.coerce.number().int() });
const formStep = z.enum(['first', 'further']);
const formPress = pressOnRelease.extend({ step: formStep.default('first') });

const isOpen = (release: Release) => release.state === 'draft' || release.state === 'planned';

function typed(release: Release, data: unknown, step: FormStep): FormValues {
  const known = valuesOf(release);
  return release.facts === null
    ? known
    : mergeValues(known, data, shapeFor(release.facts, release.origin.fileName, known.appType), step);
}

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

  const startPublishing = async (turn: Turn, connectionId?: string): Promise<Reply> => {
    const workspace = await turn.workspace();
    const usable = await connectionsToPublishWith(services, workspace.id);
    if (usable.length === 0) return connectFirst(services, workspace.id);
    const meant = usable.find(({ id }) => id === connectionId);
    const { url } = await services.tickets.issue({
      ...requester(turn.actor),
      workspaceId: workspace.id,
      homeTenantId: workspace.homeTenantId,
      place: turn.place,
      connectionId: meant?.id ?? null,
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
          text(
            'Without uploading: type publish with an https link to a package or to an app in a store, or publish web and an address.',
            { subtle: true },
          ),
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
        if ((await connectionsToPublishWith(services, workspace.id)).length === 0)
          return connectFirst(services, workspace.id);
        return fromLink(services, turn, workspace, link);
      },
    }),
    verb({
      verb: 'publish.start',
      permission: 'publish',
      // In a person's own chat the release alone tells which place is meant.
      data: z.object({ connection: z.uuid().optional(), release: z.uuid().optional() }),
      handle: (turn, data) => startPublishing(turn, data.connection),
    }),
    {
      kind: 'file',
      permission: 'publish',
      handle: async (turn, file) => {
        const workspace = await turn.workspace();
        if ((await connectionsToPublishWith(services, workspace.id)).length === 0)
          return connectFirst(services, workspace.id);
        return fromLink(services, turn, workspace, file.downloadUrl, file.name);
      },
    },
    verb({
      verb: 'publish.form',
      permission: 'publish',
      asks: true,
      data: releaseId,
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        return isOpen(release) ? formReply(services, release) : show(release, turn.now);
      },
    }),
    verb({
      verb: 'publish.step',
      permission: 'publish',
      data: formPress
        .extend({ to: formStep, as: z.string().max(40).optional(), fill: z.boolean().default(false) })
        .loose(),
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        if (!isOpen(release) || release.revision !== data.revision || release.facts === null)
          return show(release, turn.now);
        const values = typed(release, data, data.step);
        const shape = shapeFor(release.facts, release.origin.fileName, data.as ?? values.appType);
        const saved = { ...values, appType: shape.graphType };
        return unlessStale(
          async () => {
            const { values: filled, told } = await withChosenTemplate(services, release, saved, data.fill);
            const kept = await releases.saveForm(release, filled);
            return formReply(services, kept, { step: data.to, ...(told === null ? {} : { told }) });
          },
          (newest) => show(newest, turn.now),
        );
      },
    }),
    verb({
      verb: 'publish.plan',
      permission: 'publish',
      data: formPress.loose(),
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        if (!isOpen(release) || release.revision !== data.revision) return show(release, turn.now);
        return unlessStale(
          () => plannedReply(services, turn, release, typed(release, data, data.step)),
          (newest) => show(newest, turn.now),
        );
      },
    }),
    verb({
      verb: 'publish.confirm',
      permission: 'publish',
      data: pressOnRelease.extend({
        action: z.string().max(80).optional(),
        texts: z.string().max(20).optional(),
        supersedence: z.string().max(20).optional(),
      }),
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        if (release.state !== 'planned' || release.plan === null || release.revision !== data.revision)
          return show(release, turn.now);
        const chosen = withAction(release.plan, { ...data, action: data.action, texts: data.texts });
        const asked = await planReply(services, release, 'Choose whether it is a new version or a new app');
        if (asked === null)
          return formReply(services, release, { faults: { form: 'That connection was deleted. Choose another.' } });
        if (chosen === null) return { ...asked, kind: 'personalCard' };
        return unlessStale(
          async () => {
            const jobId = await releases.confirm(release, chosen, (tx, confirmed) =>
              jobs.start(tx, { releaseId: confirmed.id, workspaceId: confirmed.workspaceId, plan: chosen }),
            );
            jobs.nudge();
            return jobReply(services, jobId, turn.now);
          },
          (newest) => show(newest, turn.now),
        );
      },
    }),
    verb({
      verb: 'publish.request',
      permission: 'publish',
      asks: true,
      data: releaseId,
      handle: async (turn, data) => {
        const release = await own(turn, data.release);
        if ('kind' in release) return release;
        if (release.state !== 'planned' || release.plan === null) return show(release, turn.now);
        return {
          kind: 'personalCard',
          card: requestCard({ release, plan: release.plan }),
          summary: 'What Intune will be told',
        };
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
        return unlessStale(
          async () => show(await releases.discard(release), turn.now),
          (newest) => show(newest, turn.now),
        );
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
          openBeside('Open the connection', 'connection.show', { connection: broken.id }),
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
        text(
          'Publishing needs a connection that works. Making one takes some minutes: the first step shows which ways there are.',
        ),
      ],
      [execute('Connect to Intune', 'connection.form')],
    ),
  };
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
  const view = accepted.id === null ? null : await services.linkImport.view(workspace.id, accepted.id);
  if (view !== null) return importReply(services, view);
  // Words, not a card: there is nothing to wait for but the draft, which comes as a card of its own.
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
      const planned = await planReply(services, release);
      return planned ?? { ...(await formReply(services, release)), kind: 'card', follow };
    }
    case 'draft':
      return { ...(await formReply(services, release)), kind: 'card', follow };
  }
}
