import { and, eq } from 'drizzle-orm';
import { iconFrom, largestIconFile } from '../packages/icon.ts';
import { ProblemError } from '../problems/problem.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import type { Artifact } from '../store/artifacts.ts';
import type { Db } from '../store/database.ts';
import { addPicture, findPicture, type Picture } from '../store/pictures.ts';
import { releases } from '../store/schema.ts';
import { packageIconOf } from './release-icon.ts';

/** Icons that people choose: out of a file they send, or out of a package that was read. */
export class Icons {
  readonly #db: Db;
  readonly #artifacts: Pick<ArtifactStore, 'open'>;

  constructor(db: Db, artifacts: Pick<ArtifactStore, 'open'>) {
    this.#db = db;
    this.#artifacts = artifacts;
  }

  find(workspaceId: string, id: string): Promise<Picture | null> {
    return findPicture(this.#db, workspaceId, id);
  }

  /** Throws what is wrong with the file. */
  async fromUpload(tx: Db, { workspaceId, location, size }: Artifact): Promise<Picture> {
    if (size > largestIconFile) throw new ProblemError('pictureTooLarge');
    const source = await this.#artifacts.open(location);
    try {
      return await addPicture(tx, workspaceId, iconFrom(await source.read(0, size)));
    } finally {
      await source.close();
    }
  }

  /** Null where the package is not known here or brought none. */
  async fromPackage(workspaceId: string, releaseId: string): Promise<Picture | null> {
    const [release] = await this.#db
      .select({ facts: releases.facts, iconBase64: releases.iconBase64 })
      .from(releases)
      .where(and(eq(releases.id, releaseId), eq(releases.workspaceId, workspaceId)));
    const icon = release === undefined ? null : packageIconOf(release);
    return icon === null ? null : addPicture(this.#db, workspaceId, iconFrom(Buffer.from(icon.base64, 'base64')));
  }
}
