import type { ByteSource } from './byte-source.ts';
import type { PackageFacts } from './package-facts.ts';

/** One package format. `recognises` looks at the first bytes only; `read` throws a ProblemError that names the file's fault. */
export interface PackageReader {
  readonly format: PackageFacts['format'];
  recognises(head: Buffer, fileName: string): boolean;
  read(source: ByteSource, signal?: AbortSignal): Promise<PackageFacts>;
}
