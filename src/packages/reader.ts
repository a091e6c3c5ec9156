import type { ByteSource } from './byte-source.ts';
import type { PackageFacts } from './package-facts.ts';
import type { ZipArchive } from './zip-archive.ts';

/** What tells one format from another: a few bytes of either end, and the directory where the file is a zip archive. */
export interface PackageEvidence {
  /** The first bytes, at most 4 KiB. */
  head: Buffer;
  /** The last bytes, at most 512: disk images say there what they are. */
  tail: Buffer;
  zip: ZipArchive | null;
}

/** One package format. `read` throws a ProblemError that names the file's fault. */
export interface PackageReader {
  readonly format: PackageFacts['format'];
  /** True for every file that is meant to be of this format, so that `read` can say what is wrong with it. */
  recognises(evidence: PackageEvidence): boolean;
  read(source: ByteSource, evidence: PackageEvidence, signal?: AbortSignal): Promise<PackageFacts>;
}
