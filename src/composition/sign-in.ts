import { UserClient } from '../graph/sign-in/user-client.ts';
import type { Outbound } from '../network/outbound.ts';
import { SignIns } from '../sign-in/sign-ins.ts';
import type { Db } from '../store/database.ts';

export interface SignInParts {
  db: Db;
  outbound: Pick<Outbound, 'fetch'>;
  publicUrl: string;
}

/** What a finished sign-in is for is told with `handle`, by the part that asks for it. */
export const composeSignIns = ({ db, outbound, publicUrl }: SignInParts): SignIns =>
  new SignIns({ db, publicUrl, users: new UserClient({ outbound }) });
