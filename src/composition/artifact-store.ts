import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Outbound } from '../network/outbound.ts';
import { type ArtifactStore, FolderArtifactStore } from '../store/artifact-store.ts';

/** A container may be reached by a private endpoint; the operator named it. */
export const artifactHosts = ({ artifactContainer }: Pick<Config, 'artifactContainer'>): string[] =>
  artifactContainer === undefined ? [] : [artifactContainer.url.host];

/** Packages in the data folder, or in the container that the operator named. */
export async function artifactStore(
  { artifactContainer, dataDir }: Pick<Config, 'artifactContainer' | 'dataDir'>,
  outbound: Outbound,
): Promise<ArtifactStore> {
  if (artifactContainer === undefined) return new FolderArtifactStore({ folder: join(dataDir, 'artifacts') });
  // Azure’s library takes its time to load, and most keep their packages in the folder.
  const { BlobArtifactStore } = await import('../store/blob-artifact-store.ts');
  return new BlobArtifactStore({ ...artifactContainer, outbound });
}
