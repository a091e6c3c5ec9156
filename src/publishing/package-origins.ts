import type { Outbound } from '../network/outbound.ts';
import type { ByteSource } from '../packages/byte-source.ts';
import { openHttpRangeSource } from '../packages/http-range-source.ts';
import { ProblemError } from '../problems/problem.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import { findArtifact } from '../store/artifacts.ts';
import type { Db } from '../store/database.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { PackageOrigin, PackageOrigins } from './package-origin.ts';

export interface StoredPackageOriginsOptions {
  db: Db;
  artifacts: ArtifactStore;
  outbound: Outbound;
  vault: Pick<SecretVault, 'get'>;
  maxBytes: number;
}

/** Opens what a release remembers of its package: bytes kept here, or a link whose ETag still has to be the same. */
export class StoredPackageOrigins implements PackageOrigins {
  readonly #options: StoredPackageOriginsOptions;

  constructor(options: StoredPackageOriginsOptions) {
    this.#options = options;
  }

  async open(origin: PackageOrigin, signal?: AbortSignal): Promise<ByteSource> {
    const { artifacts, db, maxBytes, outbound, vault } = this.#options;
    if (origin.kind === 'artifact') {
      const artifact = await findArtifact(db, origin.artifactId);
      if (artifact === null) throw new ProblemError('artifactGone');
      const source = await artifacts.open(artifact.location);
      if (source.size === artifact.size) return source;
      await source.close();
      throw new ProblemError('packageTruncated');
    }
    const link = (await vault.get(db, origin.urlSecretId)).toString('utf8');
    const { size, etag } = origin;
    return openHttpRangeSource({ outbound, link, maxBytes, pinned: { size, etag }, signal });
  }
}
