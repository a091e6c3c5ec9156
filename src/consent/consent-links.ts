import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { codeHashOf, hashOf, isHash, isToken, newCode, newToken } from '../sign-in/link-secrets.ts';
import type { Db } from '../store/database.ts';
import { consentLinks } from '../store/schema.ts';
import type { Decider } from './consent-request.ts';

type Row = typeof consentLinks.$inferSelect;

export type ConsentLink = Omit<Row, 'presser'> & { presser: Decider };

export interface NewLink {
  requestId: string;
  requestRevision: number;
  tenantId: string;
  presser: Decider;
}

export type Entry =
  | { kind: 'entered'; link: ConsentLink; browser: string }
  /** `left`: how many tries remain. */
  | { kind: 'wrongCode'; left: number }
  | { kind: 'unknown' };

/** How Microsoft's answer finds its link. Only `used` is new; every other one changes nothing. */
export type Return =
  | { kind: 'used'; link: ConsentLink }
  | { kind: 'again'; link: ConsentLink }
  | { kind: 'late'; link: ConsentLink }
  | { kind: 'otherBrowser' }
  | { kind: 'unknown' };

const mostTries = 5;
export const linkLifeMs = 15 * 60_000;

export const tidyCode = (typed: string) => typed.replace(/\D/g, '');

/** Ways to Microsoft's page. States and cookies are stored as SHA-256 only, codes as that of state and code. */
export class ConsentLinks {
  readonly #db: Db;
  readonly #now: () => Date;

  constructor({ db, now }: { db: Db; now: () => Date }) {
    this.#db = db;
    this.#now = now;
  }

  /** `state` and `code` are known nowhere else. */
  async issue(link: NewLink): Promise<{ state: string; code: string }> {
    const [state, code] = [newToken(), newCode()];
    await this.#insert(link, state, code, null);
    return { state, code };
  }

  /** For somebody whose code has been checked already. */
  async issueEntered(link: NewLink): Promise<{ state: string; browser: string }> {
    const [state, browser] = [newToken(), newToken()];
    await this.#insert(link, state, newCode(), hashOf(browser));
    return { state, browser };
  }

  /** Looking uses nothing up: previews, scanners and second tabs may look. */
  async look(state: string): Promise<ConsentLink | null> {
    if (!isToken(state)) return null;
    const [row] = await this.#db.select().from(consentLinks).where(this.#usable(state));
    return row === undefined ? null : (row as ConsentLink);
  }

  /** Binds the link to the browser in which the code was entered. */
  async enter(state: string, typed: string): Promise<Entry> {
    if (!isToken(state)) return { kind: 'unknown' };
    // Spent before the code is looked at: guesses that come at once must all count.
    const [link] = await this.#db
      .update(consentLinks)
      .set({ tries: sql`${consentLinks.tries} + 1` })
      .where(and(this.#usable(state), lt(consentLinks.tries, mostTries)))
      .returning();
    if (link === undefined) return { kind: 'unknown' };
    if (!isHash(link.codeHash, codeHashOf(state, tidyCode(typed))))
      return { kind: 'wrongCode', left: mostTries - link.tries };
    const browser = newToken();
    const [row] = await this.#db
      .update(consentLinks)
      .set({ browserHash: hashOf(browser), tries: sql`${consentLinks.tries} - 1` })
      .where(this.#usable(state))
      .returning();
    return row === undefined ? { kind: 'unknown' } : { kind: 'entered', link: row as ConsentLink, browser };
  }

  /** Of several answers with one state, one is `used`. */
  async comeBack(state: string, browser: string | null): Promise<Return> {
    if (!isToken(state)) return { kind: 'unknown' };
    const [known] = await this.#db
      .select()
      .from(consentLinks)
      .where(eq(consentLinks.stateHash, hashOf(state)));
    if (known === undefined || known.browserHash === null) return { kind: 'unknown' };
    const link = known as ConsentLink;
    if (browser === null || !isHash(known.browserHash, hashOf(browser))) return { kind: 'otherBrowser' };
    const [taken] = await this.#db
      .update(consentLinks)
      .set({ usedAt: this.#now() })
      .where(and(eq(consentLinks.id, link.id), isNull(consentLinks.usedAt), this.#alive()))
      .returning();
    if (taken !== undefined) return { kind: 'used', link: taken as ConsentLink };
    return { kind: link.usedAt === null ? 'late' : 'again', link };
  }

  async #insert(link: NewLink, state: string, code: string, browserHash: string | null): Promise<void> {
    await this.#db.insert(consentLinks).values({
      ...link,
      stateHash: hashOf(state),
      codeHash: codeHashOf(state, code),
      browserHash,
      expiresAt: new Date(this.#now().getTime() + linkLifeMs),
    });
  }

  #usable(state: string) {
    return and(eq(consentLinks.stateHash, hashOf(state)), isNull(consentLinks.usedAt), this.#alive());
  }

  #alive() {
    return gt(consentLinks.expiresAt, this.#now());
  }
}
