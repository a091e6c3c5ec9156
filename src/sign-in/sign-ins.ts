import { and, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import type { Place } from '../access/actor.ts';
import type { VerifiedPerson } from '../graph/sign-in/id-token.ts';
import type { UserClient } from '../graph/sign-in/user-client.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { signIns, workspaces } from '../store/schema.ts';
import { browserSecrets, codeHashOf, hashOf, isHash, isToken, newCode, newToken } from './link-secrets.ts';
import type { SignIn, SignInHandler, SignInPurpose, SignInSubject } from './sign-in.ts';

export interface SignInsOptions {
  db: Db;
  users: Pick<UserClient, 'signInUrl' | 'redeem'>;
  publicUrl: string;
  now?: () => Date;
}

export type NewSignIn = Omit<SignIn, 'id' | 'workspace' | 'expiresAt' | 'asks'> & {
  workspaceId: string;
  asks?: unknown;
};

/** How Microsoft's page sends the browser back. */
export interface ReturnedQuery {
  state: string;
  code: string | null;
  error: string | null;
}

const lifeMs = 15 * 60_000;
const wrongCodesAllowed = 5;
const redeemWithinMs = 20_000;
const isGuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/**
 * Sign-ins that begin with a link in Teams and a code beside it, so that a forwarded link alone makes nobody sign in for a
 * stranger. Tokens, codes, states and sessions are stored as SHA-256 only.
 */
export class SignIns {
  readonly #options: SignInsOptions;
  readonly #now: () => Date;
  readonly #handlers = new Map<SignInPurpose, SignInHandler>();

  constructor(options: SignInsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  /** Before the first link of that purpose is opened. */
  handle(purpose: SignInPurpose, handler: SignInHandler): void {
    this.#handlers.set(purpose, handler);
  }

  /** The address to which Microsoft sends people back; it has to stand in the app registration. */
  get redirectUri(): string {
    return `${this.#options.publicUrl}/signin/callback`;
  }

  async issue(made: NewSignIn): Promise<{ url: string; code: string; expiresAt: Date }> {
    const { requester, ...columns } = made;
    const token = newToken();
    const code = newCode();
    const expiresAt = new Date(this.#now().getTime() + lifeMs);
    await this.#options.db.insert(signIns).values({
      ...columns,
      requesterId: requester.objectId,
      requesterName: requester.name,
      requesterTeamsId: requester.teamsId,
      state: 'open',
      tokenHash: hashOf(token),
      codeHash: codeHashOf(token, code),
      expiresAt,
    });
    return { url: `${this.#options.publicUrl}/signin/start/${token}`, code, expiresAt };
  }

  /** What the page before Microsoft's says. Nothing is used up: programs that look at links come here too. */
  async look(token: string): Promise<{ signIn: SignIn; subject: SignInSubject }> {
    const found = await this.#usable(token);
    return { signIn: found.signIn, subject: await this.#handler(found.signIn).subject(found.signIn) };
  }

  /** The code was typed: `session` goes into this browser's cookie, and the browser to Microsoft. */
  async start(token: string, code: string): Promise<{ session: string; url: string }> {
    const { db, users } = this.#options;
    const found = await this.#usable(token);
    const subject = await this.#handler(found.signIn).subject(found.signIn);
    // Spent before the code is looked at: guesses that come at once must all count.
    const [spent] = await db
      .update(signIns)
      .set({ wrongCodes: sql`${signIns.wrongCodes} + 1` })
      .where(and(eq(signIns.id, found.signIn.id), lt(signIns.wrongCodes, wrongCodesAllowed)))
      .returning({ id: signIns.id });
    if (spent === undefined) throw new ProblemError('signInCodeBlocked');
    if (!isHash(found.row.codeHash, codeHashOf(token, code.replace(/\s/g, ''))))
      throw new ProblemError('signInCodeWrong');
    const session = newToken();
    const state = newToken();
    const [started] = await db
      .update(signIns)
      .set({
        state: 'started',
        stateHash: hashOf(state),
        sessionHash: hashOf(session),
        wrongCodes: sql`${signIns.wrongCodes} - 1`,
      })
      .where(
        and(
          eq(signIns.id, found.signIn.id),
          inArray(signIns.state, ['open', 'started']),
          gt(signIns.expiresAt, this.#now()),
        ),
      )
      .returning({ id: signIns.id });
    if (started === undefined) throw new ProblemError('signInUsed');
    const { challenge, nonce } = browserSecrets(session, state);
    const url = await users.signInUrl(subject.app, {
      redirectUri: this.redirectUri,
      scopes: subject.scopes,
      state,
      nonce,
      challenge,
      ...(subject.loginHint === undefined ? {} : { loginHint: subject.loginHint }),
    });
    return { session, url };
  }

  /** The browser came back. A state counts once, and only with the cookie of the browser that set out. */
  async finish({ state, code, error }: ReturnedQuery, session: string | null): Promise<{ words: string }> {
    const { users } = this.#options;
    const found = isToken(state) ? await this.#find(eq(signIns.stateHash, hashOf(state))) : null;
    if (found === null) throw new ProblemError('signInLinkUnknown');
    if (session === null || !isHash(found.row.sessionHash, hashOf(session))) throw new ProblemError('signInElsewhere');
    if (!(await this.#take(found.signIn.id))) throw this.#gone(found);
    const { signIn } = found;
    try {
      if (error !== null)
        throw new ProblemError(error === 'consent_required' ? 'signInAdminNeeded' : 'signInCancelled');
      if (code === null) throw new ProblemError('signInNotTrusted');
      const handler = this.#handler(signIn);
      const { app, scopes } = await handler.subject(signIn);
      const { verifier, nonce } = browserSecrets(session, state);
      const signedIn = await users.redeem(
        app,
        { code, verifier, nonce, scopes, redirectUri: this.redirectUri },
        AbortSignal.timeout(redeemWithinMs),
      );
      assertExpected(signIn, signedIn.person);
      const words = await handler.accept(signIn, signedIn);
      await this.#end(signIn.id, 'done');
      return { words };
    } catch (cause) {
      await this.#end(signIn.id, 'failed');
      throw cause;
    }
  }

  async #take(id: string): Promise<boolean> {
    const taken = await this.#options.db
      .update(signIns)
      .set({ state: 'returned' })
      .where(and(eq(signIns.id, id), eq(signIns.state, 'started'), gt(signIns.expiresAt, this.#now())))
      .returning({ id: signIns.id });
    return taken.length === 1;
  }

  async #end(id: string, state: 'done' | 'failed'): Promise<void> {
    await this.#options.db.update(signIns).set({ state }).where(eq(signIns.id, id));
  }

  #handler({ purpose }: SignIn): SignInHandler {
    const handler = this.#handlers.get(purpose);
    if (handler === undefined) throw new ProblemError('signInLinkUnknown');
    return handler;
  }

  async #usable(token: string): Promise<Found> {
    const found = isToken(token) ? await this.#find(eq(signIns.tokenHash, hashOf(token))) : null;
    if (found === null) throw new ProblemError('signInLinkUnknown');
    const isOpen = found.row.state === 'open' || found.row.state === 'started';
    if (!isOpen || found.signIn.expiresAt <= this.#now()) throw this.#gone(found);
    if (found.row.wrongCodes >= wrongCodesAllowed) throw new ProblemError('signInCodeBlocked');
    return found;
  }

  #gone({ row }: Found): ProblemError {
    const isOver = row.state === 'open' || row.state === 'started';
    return new ProblemError(isOver ? 'signInLinkExpired' : 'signInUsed');
  }

  async #find(condition: ReturnType<typeof eq>): Promise<Found | null> {
    const [found] = await this.#options.db
      .select({ row: signIns, workspace: workspaces })
      .from(signIns)
      .innerJoin(workspaces, eq(workspaces.id, signIns.workspaceId))
      .where(condition);
    if (found === undefined) return null;
    const { row, workspace } = found;
    return {
      row,
      signIn: {
        id: row.id,
        purpose: row.purpose,
        workspace: { id: workspace.id, kind: workspace.kind, name: workspace.name },
        connectionId: row.connectionId,
        connectionRevision: row.connectionRevision,
        expectedTenantId: row.expectedTenantId,
        homeTenantId: row.homeTenantId,
        requester: { objectId: row.requesterId, name: row.requesterName, teamsId: row.requesterTeamsId },
        place: row.place as Place,
        asks: row.asks,
        expiresAt: row.expiresAt,
      },
    };
  }
}

interface Found {
  row: typeof signIns.$inferSelect;
  signIn: SignIn;
}

/** The token's own word counts, never what was asked for. */
function assertExpected(signIn: SignIn, person: VerifiedPerson): void {
  // A domain was resolved by the very endpoint that gave the token.
  if (isGuid(signIn.expectedTenantId) && person.tenantId !== signIn.expectedTenantId.toLowerCase())
    throw new ProblemError('signInOtherTenant');
  const isHome = person.tenantId === signIn.homeTenantId.toLowerCase();
  // Guests have another object id in the other tenant, so there only the code on the card binds the person.
  if (signIn.purpose === 'delegated' && isHome && person.objectId !== signIn.requester.objectId.toLowerCase())
    throw new ProblemError('signInOtherPerson');
}
