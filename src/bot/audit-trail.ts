import type { Audit, AuditEntry } from '../audit/audit.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import type { Request } from './requests.ts';
import type { BotTurn } from './turn.ts';

export type TurnEnd = Required<Pick<AuditEntry, 'result'>> & Pick<AuditEntry, 'problem' | 'reference'>;

export interface AuditTrailOptions {
  audit: Audit;
  database: Pick<Database, 'db'>;
  log: Logger;
}

/** Every use of a route that may do more than look leaves a row, whether its service thought of one or not. */
export function createAuditTrail({ audit, database, log }: AuditTrailOptions) {
  return {
    during<T>(turn: BotTurn, request: Request, work: () => Promise<T>): Promise<T> {
      return audit.during({ actor: turn.actor, place: turn.place, action: request.route }, work);
    },
    /** Called inside `during`. */
    async ended(turn: BotTurn, { permission, asks, subject }: Request, end: TurnEnd): Promise<void> {
      if (permission === 'none' || permission === 'look') return;
      if (end.result === 'allowed' && (asks || audit.hasRecorded)) return;
      try {
        const { id: workspaceId } = await turn.workspace();
        await audit.record(database.db, { workspaceId, ...(subject === null ? {} : { subject }), ...end });
      } catch (error) {
        log.error({ err: error, ...end }, 'What happened in a turn could not be recorded');
      }
    },
  };
}

export type AuditTrail = ReturnType<typeof createAuditTrail>;
