import { z } from 'zod';
import { AppRelations, type RelationKind, relationKinds } from '../../apps/app-relations.ts';
import type { AppView } from '../../apps/apps.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { appGone, appReply, connectionGone, oneApp, withApp } from './app-routes.ts';
import type { AppServices } from './app-services.ts';
import { relationChange, relationPlanCard, relationsCard } from './relation-cards.ts';

const adding = z.enum(relationKinds).exclude(['none']).catch('update');

export function relationRoutes(services: AppServices): Route[] {
  const { relations, connections } = services;

  const form = (view: AppView, more: Omit<Parameters<typeof relationsCard>[0], 'view' | 'canRelate'> = {}): Reply => ({
    kind: 'personalCard',
    card: relationsCard({ view, canRelate: AppRelations.areFor(view.app.graphType), ...more }),
    summary: 'Relations',
  });

  const plan = async (
    turn: Turn,
    view: AppView,
    wanted: { otherId: string; how: RelationKind },
    values: { words?: string; how?: string },
  ): Promise<Reply> => {
    const made = await relations.plan((await turn.workspace()).id, view.connection, view.app.id, wanted, turn.signal);
    if (made === null) return appGone(view.connection);
    if ('fault' in made) return form(view, { values, fault: made.fault });
    return { kind: 'personalCard', card: relationPlanCard(made, view.connection), summary: 'What will change' };
  };

  return [
    verb({
      verb: 'app.relations',
      permission: 'look',
      // What the form held before, on its way back to it.
      data: oneApp.extend({ words: z.string().max(200).optional(), how: z.string().max(20).optional() }),
      handle: (turn, { words, how, ...data }) =>
        withApp(services, turn, data, async (view) =>
          form(view, { values: { ...(words === undefined ? {} : { words }), ...(how === undefined ? {} : { how }) } }),
        ),
    }),
    verb({
      verb: 'app.relation.plan',
      permission: 'manageApps',
      asks: true,
      data: oneApp.extend({
        words: z.string().trim().max(200).default(''),
        other: z.string().max(64).optional(),
        how: adding,
      }),
      handle: (turn, data) =>
        withApp(services, turn, data, async (view) => {
          const values = { words: data.words, how: data.how };
          if (data.other !== undefined) return plan(turn, view, { otherId: data.other, how: data.how }, values);
          if (data.words === '') return form(view, { values, fault: 'Type a part of the other app’s name' });
          const found = await relations.candidates(view.connection, data.words, turn.signal);
          const candidates = found.filter(({ id }) => id !== view.app.id);
          const [only, ...others] = candidates;
          if (only === undefined)
            return form(view, { values, fault: `No other Win32 app is named like “${data.words}”` });
          if (others.length > 0) return form(view, { values, candidates });
          return plan(turn, view, { otherId: only.id, how: data.how }, values);
        }),
    }),
    verb({
      verb: 'app.relation.remove',
      permission: 'manageApps',
      asks: true,
      data: oneApp.extend({ other: z.string().max(64) }),
      handle: (turn, data) =>
        withApp(services, turn, data, (view) => plan(turn, view, { otherId: data.other, how: 'none' }, {})),
    }),
    verb({
      verb: 'app.relation.save',
      permission: 'manageApps',
      data: z.object({ draft: z.uuid() }),
      handle: async (turn, data) => {
        const { id: workspaceId } = await turn.workspace();
        const saved = await relations.save(workspaceId, data.draft, turn.signal);
        if ('fault' in saved) return { kind: 'text', text: `${saved.fault}. Nothing was changed.` };
        if (saved.kind === 'gone')
          return { kind: 'text', text: 'This plan is too old, or the app is gone. Open the app and begin again.' };
        const connection = await connections.find(
          workspaceId,
          saved.kind === 'done' ? saved.connectionId : saved.plan.connectionId,
        );
        if (connection === null) return connectionGone;
        if (saved.kind === 'done') return appReply(services, turn, connection, saved.appId);
        if (saved.kind === 'changed')
          return {
            kind: 'personalCard',
            card: relationPlanCard(saved.plan, connection, true),
            summary: 'Somebody changed the relations meanwhile',
          };
        return appReply(services, turn, connection, saved.plan.app.id, relationChange(saved.plan));
      },
    }),
  ];
}
