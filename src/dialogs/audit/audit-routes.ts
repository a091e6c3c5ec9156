import { z } from 'zod';
import type { AuditExports } from '../../audit/audit-exports.ts';
import type { AuditRows } from '../../audit/audit-rows.ts';
import { command, type Reply, type Route, type Turn, verb } from '../route.ts';
import { auditCard, auditPageSize, exportCard } from './audit-cards.ts';

export interface AuditServices {
  rows: Pick<AuditRows, 'page'>;
  exports: Pick<AuditExports, 'issue'>;
}

const filter = z.string().trim().max(100, 'Use up to 100 characters.');

export function auditRoutes({ rows, exports }: AuditServices): Route[] {
  const show = async (turn: Turn, words: string, page: number): Promise<Reply> => {
    const workspace = await turn.workspace();
    const found = await rows.page(workspace.id, { filter: words, page, size: auditPageSize });
    return {
      // Admins alone may read it, and others are in the channel too.
      kind: 'personalCard',
      card: auditCard({ workspaceName: workspace.name, filter: words, page, now: turn.now, ...found }),
      summary: 'Audit',
    };
  };

  return [
    command({
      command: 'audit',
      usage: 'audit [words]',
      summary: 'Who changed or decided what here',
      permission: 'administer',
      asks: true,
      input: filter,
      handle: (turn, words) => show(turn, words, 0),
    }),
    verb({
      verb: 'audit.list',
      permission: 'administer',
      asks: true,
      data: z.object({ page: z.coerce.number().int().min(0).max(100_000), filter: filter.default('') }),
      handle: (turn, data) => show(turn, data.filter, data.page),
    }),
    verb({
      verb: 'audit.export',
      permission: 'administer',
      data: z.object({ filter: filter.default('') }),
      handle: async (turn, data) => {
        const { id: workspaceId } = await turn.workspace();
        const { url } = await exports.issue({ workspaceId, filter: data.filter, by: turn.actor });
        return { kind: 'personalCard', card: exportCard({ url, filter: data.filter }), summary: 'Your audit file' };
      },
    }),
  ];
}
