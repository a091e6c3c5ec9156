import { z } from 'zod';
import { isGuid } from '../../connections/tenant-name.ts';
import type { Intent, Who } from '../../templates/assignment-template.ts';
import { intents } from '../../templates/assignment-template.ts';
import { type NewTarget, withTargets } from '../../templates/draft-rows.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { type AssignmentDrafts, type OpenDraft, pressOnTemplate } from './assignment-draft.ts';
import { everybodyCard, groupCard } from './target-cards.ts';
import type { TemplateServices } from './template-services.ts';

const said = (data: Record<string, unknown>, name: string): string =>
  typeof data[name] === 'string' ? data[name].trim() : '';

const intentOf = (data: Record<string, unknown>): Intent =>
  intents.find((intent) => intent === data.intent) ?? 'required';

function typed(data: Record<string, unknown>): Record<string, string> {
  const names = ['words', 'chosen', 'part', 'intent', 'groupId', 'groupName', 'everybody'];
  return Object.fromEntries(names.flatMap((name) => (said(data, name) === '' ? [] : [[name, said(data, name)]])));
}

/** Who a template is for: groups by search or id, all users, all devices. */
export function targetRoutes({ lists }: TemplateServices, drafts: AssignmentDrafts): Route[] {
  const groups = async (
    turn: Turn,
    { template }: OpenDraft,
    data: Record<string, unknown>,
    fault?: string,
  ): Promise<Reply> => {
    const connection = await drafts.connectionOf(template);
    if (connection === null)
      return drafts.editor(template, {
        said: {
          tone: 'attention',
          words: 'No connection into the tenant of this template is left here. Connect it again.',
        },
      });
    const values = typed(data);
    const words = values.words ?? '';
    const listed = words === '' ? null : await lists.searchGroups(connection.id, words.slice(0, 100), turn.signal);
    const emptySearch =
      data.searching === true && words === '' ? 'Write the beginning of the group’s name.' : undefined;
    return {
      kind: 'personalCard',
      card: groupCard({
        template,
        where: connection.name,
        connectionId: connection.id,
        values,
        found: listed !== null && 'found' in listed ? listed.found : undefined,
        problem: listed !== null && 'problem' in listed ? listed.problem : undefined,
        fault: fault ?? emptySearch,
      }),
      summary: 'Add groups',
    };
  };

  const everybody = ({ template }: OpenDraft, data: Record<string, unknown>, fault?: string): Reply => ({
    kind: 'personalCard',
    card: everybodyCard({ template, values: typed(data), ...(fault === undefined ? {} : { fault }) }),
    summary: 'Add all users or devices',
  });

  /** Ids that the directory does not know are refused; where it cannot be read, one id is taken as it was typed. */
  const targets = async (
    turn: Turn,
    { template }: OpenDraft,
    data: Record<string, unknown>,
  ): Promise<{ who: Who[] } | { fault: string }> => {
    const typedId = said(data, 'groupId').toLowerCase();
    const ids = said(data, 'chosen').toLowerCase().split(',').filter(Boolean);
    if (ids.length === 0 && typedId === '') return { fault: 'Choose at least one group.' };
    if (typedId !== '') ids.push(typedId);
    if (!ids.every(isGuid))
      return { fault: 'The object id of a group is a GUID. It stands on the group’s Overview page.' };
    const connection = await drafts.connectionOf(template);
    if (connection === null) return { fault: 'No connection into the tenant of this template is left here.' };
    const listed = await lists.groupsByIds(connection.id, ids, turn.signal);
    if ('problem' in listed) {
      if (typedId === '') return { fault: `The groups could not be looked up: ${listed.problem.what}` };
      return { who: [{ kind: 'group', id: typedId, name: said(data, 'groupName').slice(0, 100) || typedId }] };
    }
    const byId = new Map(listed.found.map((group) => [group.id, group]));
    if (ids.some((id) => !byId.has(id))) return { fault: 'There is no such group in the directory.' };
    return { who: ids.map((id) => ({ kind: 'group', id, name: byId.get(id)?.name ?? id })) };
  };

  return [
    verb({
      verb: 'assignment.groups',
      permission: 'manageTemplates',
      data: pressOnTemplate.loose(),
      handle: (turn, data) =>
        drafts.guarded(turn, async () => {
          const opened = await drafts.open(turn, data);
          if ('kind' in opened) return opened;
          return groups(turn, await drafts.withName(opened, data), data);
        }),
    }),
    verb({
      verb: 'assignment.everybody',
      permission: 'manageTemplates',
      data: pressOnTemplate.loose(),
      handle: (turn, data) =>
        drafts.guarded(turn, async () => {
          const opened = await drafts.open(turn, data);
          if ('kind' in opened) return opened;
          return everybody(await drafts.withName(opened, data), data);
        }),
    }),
    verb({
      verb: 'assignment.add',
      permission: 'manageTemplates',
      data: pressOnTemplate.extend({ part: z.string().max(20).optional() }).loose(),
      handle: (turn, data) =>
        drafts.guarded(turn, async () => {
          const opened = await drafts.open(turn, data);
          if ('kind' in opened) return opened;
          const all = said(data, 'everybody');
          const isEverybody = all === 'allUsers' || all === 'allDevices';
          const found = isEverybody ? { who: [{ kind: all } as Who] } : await targets(turn, opened, data);
          const again = (fault: string) =>
            isEverybody ? everybody(opened, data, fault) : groups(turn, opened, data, fault);
          if ('fault' in found) return again(found.fault);
          const wanted = found.who.map(
            (who): NewTarget => ({ who, excluded: !isEverybody && data.part === 'exclude', intent: intentOf(data) }),
          );
          const { template: changed, refused } = withTargets(opened.draft, wanted);
          const added = changed.rows.length - opened.draft.rows.length;
          if (added === 0) return again(refused.join(' '));
          const { template } = await drafts.write(opened.template, changed);
          const words = added === 1 ? 'One target was added.' : `${added} targets were added.`;
          return drafts.editor(template, {
            page: Number.MAX_SAFE_INTEGER,
            said: { tone: refused.length === 0 ? 'good' : 'warning', words },
            faults: refused,
          });
        }),
    }),
  ];
}
