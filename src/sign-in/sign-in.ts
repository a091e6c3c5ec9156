import type { Actor, Place, Workspace } from '../access/actor.ts';
import type { UserApp } from '../graph/sign-in/user-app.ts';
import type { Redeemed } from '../graph/sign-in/user-client.ts';

/** `tenantProof`: that somebody of a tenant stands behind a connection. `delegated`: to work in that person's name. */
export type SignInPurpose = 'tenantProof' | 'delegated';

/** One way to Microsoft's sign-in page and back. */
export interface SignIn {
  id: string;
  purpose: SignInPurpose;
  workspace: Pick<Workspace, 'id' | 'kind' | 'name'>;
  connectionId: string;
  connectionRevision: number;
  /** GUID, or a domain while nothing has named the GUID yet. */
  expectedTenantId: string;
  homeTenantId: string;
  requester: Pick<Actor, 'objectId' | 'name' | 'teamsId'>;
  place: Place;
  /** JSON of the purpose: what the link was made for. */
  asks: unknown;
  expiresAt: Date;
}

/** What is signed in to, and what the page before Microsoft's says of it. */
export interface SignInSubject {
  app: UserApp;
  /** Delegated permissions of Graph; none when only the person matters. */
  scopes: readonly string[];
  connectionName: string;
  /** What happens with the sign-in: a sentence. */
  purpose: string;
  /** What the app may do then, in plain words. */
  rights: readonly string[];
  loginHint?: string;
}

/** What a finished sign-in is for. Both are asked with the connection as it is now, and throw when it has changed. */
export interface SignInHandler {
  subject(signIn: SignIn): Promise<SignInSubject>;
  /** The answer is a sentence for the page. */
  accept(signIn: SignIn, signedIn: Redeemed): Promise<string>;
}
