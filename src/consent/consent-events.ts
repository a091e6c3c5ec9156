import type { Db } from '../store/database.ts';
import type { ConsentRequest } from './consent-request.ts';
import type { ConsentEvent } from './consent-states.ts';

/** `listChanged`: the permissions listed. `asked`: somebody else was asked. Neither moves the request. */
export type ConsentNewsKind = ConsentEvent | 'listChanged' | 'asked' | 'outcome';

/** How a consent request tells of itself. Implemented by the dialogs, which turn it into cards. */
export interface ConsentEvents {
  /** Inside the transaction that makes it. */
  opened(tx: Db, request: ConsentRequest): Promise<void>;
  /** Inside the transaction that changes it, so that no copy of its card can be forgotten. */
  changed(tx: Db, request: ConsentRequest, what: ConsentNewsKind): Promise<void>;
  questioned(tx: Db, request: ConsentRequest, by: string, question: string): Promise<void>;
  reminded(tx: Db, request: ConsentRequest): Promise<void>;
  /** After a transaction: what it told can leave. */
  settled(request: ConsentRequest): void;
}
