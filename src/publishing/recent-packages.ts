import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { PackageFacts } from '../packages/package-facts.ts';
import type { Db } from '../store/database.ts';
import { releases } from '../store/schema.ts';
import { packageOrigin } from './package-origin.ts';

/** A package that was read here. */
export interface RecentPackage {
  releaseId: string;
  fileName: string;
  facts: PackageFacts;
  hasIcon: boolean;
}

const mostLookedThrough = 60;
const mostShown = 10;

/** The packages that somebody wanted to publish here last. */
export class RecentPackages {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** The newest first, each file once. */
  async list(workspaceId: string): Promise<RecentPackage[]> {
    const rows = await this.#db
      .select({
        id: releases.id,
        origin: releases.origin,
        facts: releases.facts,
        sha256: releases.sha256,
        hasIcon: sql<boolean>`${releases.iconBase64} is not null`,
      })
      .from(releases)
      .where(and(eq(releases.workspaceId, workspaceId), isNotNull(releases.facts)))
      .orderBy(desc(releases.createdAt))
      .limit(mostLookedThrough);
    const once = new Map(rows.toReversed().map((row) => [row.sha256 ?? row.id, row]));
    return [...once.values()].toReversed().slice(0, mostShown).map(toRecent);
  }
}

function toRecent({ id, origin, facts, hasIcon }: { id: string; origin: unknown; facts: unknown; hasIcon: boolean }) {
  return {
    releaseId: id,
    fileName: packageOrigin.parse(origin).fileName,
    facts: { ...(facts as PackageFacts), icon: null },
    hasIcon,
  };
}
