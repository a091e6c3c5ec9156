import { and, eq, lt } from 'drizzle-orm';
import { usableConnection } from '../connections/connection-directory.ts';
import type { GraphPage } from '../graph/graph-client.ts';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from '../store/database.ts';
import { listings } from '../store/schema.ts';

type Listing = typeof listings.$inferSelect;

export interface ListPage<Row> {
  listingId: string;
  connectionId: string;
  words: string;
  kind: string | null;
  /** From 0. */
  page: number;
  rows: Row[];
  hasMore: boolean;
}

export type Ask<Row> = (listing: Listing, next: string | undefined) => Promise<GraphPage<Row>>;

const keptMs = 24 * 60 * 60_000;
/** With a filter Graph may answer pages without a row although more follow. */
const mostEmptyPages = 10;

/** Where lists were left: a page is asked for by the number a card carries, the way to it is kept here. */
export class Listings {
  readonly #db: Db;
  readonly #now: () => Date;

  constructor(db: Db, now: () => Date = () => new Date()) {
    this.#db = db;
    this.#now = now;
  }

  /** The first page of a new list. */
  async open<Row>(what: Omit<typeof listings.$inferInsert, 'id' | 'pages'>, ask: Ask<Row>): Promise<ListPage<Row>> {
    await this.#db.delete(listings).where(lt(listings.createdAt, new Date(this.#now().getTime() - keptMs)));
    const [listing] = await this.#db.insert(listings).values(what).returning();
    if (listing === undefined) throw new Error('The new listing did not come back from the store');
    return this.#turn(listing, 0, ask);
  }

  async find(workspaceId: string, subject: Listing['subject'], id: string): Promise<Listing | null> {
    const here = and(eq(listings.id, id), eq(listings.workspaceId, workspaceId), eq(listings.subject, subject));
    const [listing] = await this.#db.select().from(listings).where(here);
    if (listing === undefined) return null;
    // Before anything is asked of the tenant: a lent connection may have been taken back since.
    return (await usableConnection(this.#db, workspaceId, listing.connectionId)) === null ? null : listing;
  }

  /** A page behind those that were seen, or a link that Graph has forgotten, leads to the first page. */
  async page<Row>(listing: Listing, page: number, ask: Ask<Row>): Promise<ListPage<Row>> {
    if (page > listing.pages.length) return this.#turn(listing, 0, ask);
    try {
      return await this.#turn(listing, page, ask);
    } catch (error) {
      const isStale = error instanceof ProblemError && error.problem.code === 'graphRequestRefused';
      if (page === 0 || !isStale) throw error;
      return this.#turn(listing, 0, ask);
    }
  }

  async #turn<Row>(listing: Listing, page: number, ask: Ask<Row>): Promise<ListPage<Row>> {
    let answer = await ask(listing, listing.pages[page - 1]);
    for (let empty = 0; answer.items.length === 0 && answer.next !== null && empty < mostEmptyPages; empty += 1)
      answer = await ask(listing, answer.next);
    const known = listing.pages.slice(0, page);
    const pages = answer.next === null ? known : [...known, answer.next];
    await this.#db.update(listings).set({ pages }).where(eq(listings.id, listing.id));
    const { id, connectionId, words, kind } = listing;
    return { listingId: id, connectionId, words, kind, page, rows: answer.items, hasMore: answer.next !== null };
  }
}
