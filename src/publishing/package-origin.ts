import { z } from 'zod';
import type { ByteSource } from '../packages/byte-source.ts';

/** Where a release's bytes are. A link is kept only when a strong ETag pins its bytes; otherwise it was copied first. */
export const packageOrigin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('artifact'), artifactId: z.string(), fileName: z.string(), size: z.number() }),
  z.object({
    kind: z.literal('link'),
    /** May carry a token in its query: a secret of the vault, never shown whole. */
    urlSecretId: z.string(),
    host: z.string(),
    fileName: z.string(),
    size: z.number(),
    etag: z.string(),
  }),
]);
export type PackageOrigin = z.infer<typeof packageOrigin>;

export interface PackageOrigins {
  open(origin: PackageOrigin, signal?: AbortSignal): Promise<ByteSource>;
}
