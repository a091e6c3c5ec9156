import { z } from 'zod';
import { intents, type WantedTarget } from '../../apps/app-targets.ts';
import type { AppView } from '../../apps/apps.ts';
import { ProblemError } from '../../problems/problem.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { assignmentSentence } from './app-card.ts';
import { appGone, appReply, connectionGone, oneApp, withApp } from './app-routes.ts';
import type { AppServices } from './app-services.ts';
import {
  assignCard,
  assignedSentence,
  assignPlanCard,
  confirmUnassignCard,
  targetsCard,
  whoTitles,
} from './target-cards.ts';

const who = z.enum(Object.keys(whoTitles) as [keyof typeof whoTitles, ...(keyof typeof whoTitles)[]]);
/** What the form held before, on its way back to it. */
const kept = z.string().max(200).optional();
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function targetRoutes(services: AppServices): Route[] {
  const { targets, connections } = services;
  const form = (view: AppView, more: Omit<Parameters<typeof assignCard>[0], 'view'> = {}): Reply => ({
    kind: 'personalCard',
    card: assignCard({ view, ...more }),
    summary: `Assign ${view.app.metadata.displayName ?? 'the app'}`,
  });

  return [
    verb({
      verb: 'app.assign',
      permission: 'manageApps',
      asks: true,
      data: oneApp.extend({ who: kept, words: kept, intent: kept }),
      handle: (turn, { who, words, intent, ...data }) =>
        withApp(services, turn, data, async (view) =>
          form(view, {
            values: {
              ...(who === undefined ? {} : { who }),
              ...(words === undefined ? {} : { words }),
              ...(intent === undefined ? {} : { intent }),
            },
          }),
        ),
    }),
    verb({
      verb: 'app.assign.plan',
      permission: 'manageApps',
      asks: true,
      data: oneApp.extend({
        who: who.catch('group'),
        words: z.string().trim().max(200).default(''),
        group: z.string().max(64).optional(),
        intent: z.enum(intents).catch('available'),
      }),
      handle: (turn, data) =>
        withApp(services, turn, data, async (view) => {
          const values = { who: data.who, words: data.words, intent: data.intent };
          const isGroup = data.who === 'group' || data.who === 'without';
          const chosen = isGroup ? await groupFor(services, turn, view, data) : { group: null };
          if ('fault' in chosen) return form(view, { values, fault: chosen.fault });
          if ('several' in chosen) return form(view, { values, groups: chosen.several });
          const wanted: WantedTarget = { who: data.who, group: chosen.group, intent: data.intent };
          const plan = await targets.plan(
            (await turn.workspace()).id,
            view.connection,
            view.app.id,
            wanted,
            turn.signal,
          );
          if (plan === null) return appGone(view.connection);
          return { kind: 'personalCard', card: assignPlanCard({ plan, view }), summary: 'What will change' };
        }),
    }),
    verb({
      verb: 'app.assign.confirm',
      permission: 'manageApps',
      data: z.object({ draft: z.uuid() }),
      handle: async (turn, data) => {
        const { id: workspaceId } = await turn.workspace();
        const assigned = await targets.assign(workspaceId, data.draft, turn.signal);
        if (assigned.kind === 'gone')
          return { kind: 'text', text: 'This plan is too old, or the app is gone. Open the app and begin again.' };
        const connectionId = assigned.kind === 'changed' ? assigned.plan.connectionId : assigned.connectionId;
        const connection = await connections.find(workspaceId, connectionId);
        if (connection === null) return connectionGone;
        if (assigned.kind === 'changed') {
          const { plan } = assigned;
          return withApp(services, turn, { connection: connectionId, app: plan.app.id }, async (view) => ({
            kind: 'personalCard',
            card: assignPlanCard({ plan, view, isNew: true }),
            summary: 'Somebody changed the assignments meanwhile',
          }));
        }
        const words = assigned.kind === 'done' ? undefined : assignedSentence(connection, assigned.plan);
        return appReply(services, turn, connection, assigned.appId, words);
      },
    }),
    verb({
      verb: 'app.targets',
      permission: 'manageApps',
      asks: true,
      data: oneApp.extend({ page: z.coerce.number().int().min(0).default(0) }),
      handle: (turn, data) =>
        withApp(services, turn, data, async (view) => ({
          kind: 'personalCard',
          card: targetsCard({ view, page: data.page }),
          summary: 'Assignments',
        })),
    }),
    verb({
      verb: 'app.unassign',
      permission: 'manageApps',
      asks: true,
      data: oneApp.extend({ assignment: z.string().max(200) }),
      handle: (turn, data) =>
        withApp(services, turn, data, async (view) => {
          const card = confirmUnassignCard({ view, assignmentId: data.assignment });
          return card === null
            ? appReply(services, turn, view.connection, data.app, 'That assignment is gone already')
            : { kind: 'personalCard', card, summary: 'Remove an assignment?' };
        }),
    }),
    verb({
      verb: 'app.unassign.confirm',
      permission: 'manageApps',
      data: oneApp.extend({ assignment: z.string().max(200) }),
      handle: (turn, data) =>
        withApp(services, turn, data, async (view) => {
          const removed = await targets.unassign(
            (await turn.workspace()).id,
            view.connection,
            data.app,
            data.assignment,
            turn.signal,
          );
          if (removed === null) return appGone(view.connection);
          const words =
            removed === 'gone'
              ? 'That assignment is gone already'
              : `Removed: ${assignmentSentence(removed, view.groups).replace(/^[✓✗] /, '')}`;
          return appReply(services, turn, view.connection, data.app, words);
        }),
    }),
  ];
}

/** The group that is meant; or the names to choose from; or why there is none. */
async function groupFor(
  { targets }: AppServices,
  turn: Turn,
  { connection }: AppView,
  said: { words: string; group?: string | undefined },
) {
  const id = said.group ?? (guid.test(said.words) ? said.words : undefined);
  if (id === undefined && said.words === '') return { fault: 'Type the name of a group' };
  try {
    if (id !== undefined) {
      const group = await targets.group(connection, id, turn.signal);
      return group === null ? { fault: 'There is no group with this id in the tenant' } : { group };
    }
    const found = await targets.groups(connection, said.words, turn.signal);
    const exact = found.filter(({ name }) => name.toLowerCase() === said.words.toLowerCase());
    const [only, ...others] = exact.length === 1 ? exact : found;
    if (only === undefined) return { fault: `No group of the tenant begins with “${said.words}”` };
    return others.length === 0 ? { group: only } : { several: found };
  } catch (error) {
    const code = error instanceof ProblemError ? error.problem.code : null;
    if (code !== 'graphPermissionMissing' && code !== 'graphForbidden') throw error;
    // Without the permission a group can still be named by its id, unseen.
    if (id !== undefined) return { group: { id, name: `Group ${id}` } };
    return {
      fault:
        'Finding groups by name takes the permission GroupMember.Read.All, which this connection does not have. Type the group’s object id instead',
    };
  }
}
