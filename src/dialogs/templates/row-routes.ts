import { z } from 'zod';
import type { AssignmentRow, AssignmentSettings } from '../../templates/assignment-template.ts';
import { withoutRow, withRow } from '../../templates/draft-rows.ts';
import {
  type RowFaults,
  type RowPart,
  type RowValues,
  readApple,
  readBasics,
  readWindows,
  rowParts,
  rowValues,
} from '../../templates/row-form.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import { rowsOnPage } from './assignment-cards.ts';
import { type AssignmentDrafts, gone, type OpenDraft, pressOnTemplate } from './assignment-draft.ts';
import { rowCard } from './row-cards.ts';
import type { TemplateServices } from './template-services.ts';

const pressOnRow = pressOnTemplate.extend({ row: z.string().max(20) });

interface KeepRow {
  revision: number;
  row: string;
  part: RowPart;
  next?: RowPart | undefined;
}

interface Typed {
  values?: RowValues;
  faults?: RowFaults;
  fault?: string;
}

/** What happens for one target of a template, and with which settings. */
export function rowRoutes({ lists }: TemplateServices, drafts: AssignmentDrafts): Route[] {
  const form = async (
    turn: Turn,
    { template, draft }: OpenDraft,
    key: string,
    shown: RowPart,
    typed: Typed = {},
  ): Promise<Reply> => {
    const row = draft.rows.find((candidate) => candidate.key === key);
    if (row === undefined || row.excluded) return drafts.editor(template);
    const connection = await drafts.connectionOf(template);
    const filters =
      shown === 'basics' && connection !== null ? await lists.filters(connection.id, turn.signal) : undefined;
    return {
      kind: 'personalCard',
      card: rowCard({
        template,
        row,
        part: shown,
        connectionId: connection?.id ?? '',
        ...(filters === undefined ? {} : { filters }),
        ...typed,
        values: { ...rowValues(row), ...typed.values },
      }),
      summary: 'Change a target',
    };
  };

  /** The change that the form asks for, or what is wrong with it. */
  const asked = async (
    turn: Turn,
    { template, draft }: OpenDraft,
    key: string,
    shown: RowPart,
    data: Record<string, unknown>,
  ): Promise<{ change: (row: AssignmentRow) => AssignmentRow } | { faults: RowFaults }> => {
    if (shown !== 'basics') {
      const read = shown === 'windows' ? readWindows(data) : readApple(data);
      if ('faults' in read) return read;
      const settings = read.value;
      return { change: (row) => ({ ...row, settings: { ...row.settings, ...settings } as AssignmentSettings }) };
    }
    const read = readBasics(data);
    if ('faults' in read) return read;
    const { intent, filterId, filterMode } = read.value;
    if (filterId === null) return { change: (row) => ({ ...row, intent, filter: null }) };
    const before = draft.rows.find((row) => row.key === key)?.filter;
    if (before?.id === filterId)
      return { change: (row) => ({ ...row, intent, filter: { ...before, mode: filterMode } }) };
    const connection = await drafts.connectionOf(template);
    const listed = connection === null ? null : await lists.filters(connection.id, turn.signal);
    const found = listed !== null && 'found' in listed ? listed.found.find(({ id }) => id === filterId) : undefined;
    if (found === undefined) return { faults: { filter: 'This filter is not there any more' } };
    const { id, name, platform } = found;
    return { change: (row) => ({ ...row, intent, filter: { id, name, platform, mode: filterMode } }) };
  };

  const keep = async (turn: Turn, opened: OpenDraft, press: KeepRow, data: Record<string, unknown>): Promise<Reply> => {
    const values = Object.fromEntries(
      Object.entries(data).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    const again = (typed: Typed) => form(turn, opened, press.row, press.part, { values, ...typed });
    const read = await asked(turn, opened, press.row, press.part, data);
    if ('faults' in read) return again({ faults: read.faults });
    const changed = withRow(opened.draft, press.row, read.change);
    if (changed === null) return drafts.editor(opened.template);
    if ('refused' in changed) return again({ fault: changed.refused });
    const isSame = JSON.stringify(changed.template) === JSON.stringify(opened.draft);
    if (!isSame && opened.template.revision !== press.revision)
      return again({ fault: 'Somebody changed this template meanwhile. These are your values; keep them again.' });
    const kept = isSame ? opened : await drafts.write(opened.template, changed.template);
    if (press.next !== undefined) return form(turn, kept, press.row, press.next);
    const index = kept.draft.rows.findIndex((row) => row.key === press.row);
    return drafts.editor(kept.template, { page: pageOf(index), said: { tone: 'good', words: 'Changed.' } });
  };

  return [
    verb({
      verb: 'assignment.row',
      permission: 'manageTemplates',
      data: pressOnRow.loose(),
      handle: (turn, data) =>
        drafts.guarded(turn, async () => {
          const opened = await drafts.open(turn, data);
          if ('kind' in opened) return opened;
          return form(turn, await drafts.withName(opened, data), data.row, 'basics');
        }),
    }),
    verb({
      verb: 'assignment.keepRow',
      permission: 'manageTemplates',
      data: pressOnRow.extend({ part: z.enum(rowParts), next: z.enum(rowParts).optional() }).loose(),
      handle: (turn, data) =>
        drafts.guarded(turn, async () => {
          // In whatever revision: what was typed must not be lost.
          const template = await drafts.find(turn, data.template);
          if (template === null) return gone;
          if (template.draft === null) return drafts.saved(turn, template);
          return keep(turn, { template, draft: template.draft }, data, data);
        }),
    }),
    verb({
      verb: 'assignment.removeRow',
      permission: 'manageTemplates',
      data: pressOnRow.loose(),
      handle: (turn, data) =>
        drafts.guarded(turn, async () => {
          const opened = await drafts.open(turn, data);
          if ('kind' in opened) return opened;
          const named = await drafts.withName(opened, data);
          const index = named.draft.rows.findIndex((row) => row.key === data.row);
          const { template } = await drafts.write(named.template, withoutRow(named.draft, data.row));
          return drafts.editor(template, { page: pageOf(index) });
        }),
    }),
  ];
}

const pageOf = (index: number) => Math.max(0, Math.floor(index / rowsOnPage));
