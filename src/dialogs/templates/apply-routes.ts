import { z } from 'zod';
import { card, execute, header, strip, text } from '../../cards/pieces.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { MobileApp } from '../../graph/mobile-apps.ts';
import { ProblemError } from '../../problems/problem.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { type ApplyTarget, chooseTemplateCard, differenceCard } from './apply-cards.ts';
import type { TemplateServices } from './template-services.ts';

const oneApp = z.object({ connection: z.uuid(), app: z.string().min(1).max(100) });
const choice = oneApp.extend({ assignmentTemplateId: z.uuid(), mode: z.enum(['add', 'replace']).default('add') });

interface Opened {
  connection: StoredConnection;
  app: MobileApp;
}

/** An assignment template for an app that is in Intune already: the difference first, then the change. */
export function applyRoutes({ connections, planner }: TemplateServices): Route[] {
  const open = async (turn: Turn, target: ApplyTarget): Promise<Opened | Reply> => {
    const connection = await connections.find((await turn.workspace()).id, target.connection);
    if (connection === null) return { kind: 'text', text: 'This connection is not known here any more.' };
    const { mobileApps } = await connections.accessTo(connection.id);
    return { connection, app: await mobileApps.get(target.app, turn.signal) };
  };

  const choose = async (
    turn: Turn,
    { connection, app }: Opened,
    values: { assignmentTemplateId?: string; mode?: string } = {},
    fault?: string,
  ): Promise<Reply> => ({
    kind: 'personalCard',
    card: chooseTemplateCard({
      target: { connection: connection.id, app: app.id },
      appName: app.displayName,
      where: connection.name,
      choices: await planner.choices((await turn.workspace()).id, [connection]),
      values,
      fault,
    }),
    summary: `Assign ${app.displayName}`,
  });

  const difference = async (
    turn: Turn,
    opened: Opened,
    data: z.infer<typeof choice>,
    isNewer = false,
  ): Promise<Reply> => {
    const { connection, app } = opened;
    const plan = await planner.plan({ ...(await request(turn, opened, data)), appIds: [app.id] });
    const [change] = plan.changes;
    if (change === undefined) return choose(turn, opened, data);
    return {
      kind: 'personalCard',
      card: differenceCard({
        target: { connection: connection.id, app: app.id },
        appName: app.displayName,
        where: connection.name,
        templateId: data.assignmentTemplateId,
        templateName: plan.template.name,
        mode: data.mode,
        change,
        leftOut: plan.leftOut,
        isNewer,
      }),
      summary: `Assign ${app.displayName}`,
    };
  };

  const request = async (turn: Turn, { connection, app }: Opened, data: z.infer<typeof choice>) => ({
    workspaceId: (await turn.workspace()).id,
    templateId: data.assignmentTemplateId,
    connection,
    graphType: app.graphType,
    appIds: [],
    mode: data.mode,
    now: turn.now,
    signal: turn.signal,
  });

  return [
    verb({
      verb: 'template.apply',
      permission: 'manageApps',
      data: oneApp,
      handle: async (turn, data) => {
        const opened = await open(turn, data);
        return 'kind' in opened ? opened : choose(turn, opened);
      },
    }),
    verb({
      verb: 'template.applyPlan',
      permission: 'manageApps',
      data: choice,
      handle: async (turn, data) => {
        const opened = await open(turn, data);
        if ('kind' in opened) return opened;
        try {
          return await difference(turn, opened, data);
        } catch (error) {
          if (!(error instanceof ProblemError) || !unusable.has(error.problem.code)) throw error;
          return choose(turn, opened, data, [error.problem.what, error.problem.detail].filter(Boolean).join(' '));
        }
      },
    }),
    verb({
      verb: 'template.applyNow',
      permission: 'manageApps',
      data: choice.extend({ shown: z.string().max(40) }),
      handle: async (turn, data) => {
        const opened = await open(turn, data);
        if ('kind' in opened) return opened;
        const { app, connection } = opened;
        if (app.publishingState !== 'published') throw new ProblemError('appNotPublishedYet');
        const made = await request(turn, opened, data);
        const count = await planner.apply({ ...made, appId: app.id, shown: data.shown });
        if (count === null) return difference(turn, opened, data, true);
        return {
          kind: 'personalCard',
          card: card(
            [
              header({ title: app.displayName, where: connection.name }),
              strip('good', 'Assigned'),
              text(count === 1 ? 'It goes to one assignment now.' : `It goes to ${count} assignments now.`),
            ],
            [execute('Show the app', 'app.show', { connection: connection.id, app: app.id })],
          ),
          summary: `${app.displayName} is assigned`,
        };
      },
    }),
  ];
}

const unusable: ReadonlySet<string> = new Set([
  'templateNotFound',
  'templateOtherTenant',
  'templateDoesNotFit',
  'templateGroupGone',
]);
