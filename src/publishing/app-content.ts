import { z } from 'zod';

/** What is uploaded as an app's content, and how it comes from the package. */
export const appContent = z.discriminatedUnion('kind', [
  /** The package itself. */
  z.object({ kind: z.literal('package') }),
  /** What lies encrypted in an intunewin package; `size` are its plain bytes, `mac` (base64) tells it from any other. */
  z.object({ kind: z.literal('sealed'), name: z.string(), size: z.number(), mac: z.string() }),
  /** The package as the one file of a zip archive that is made while it is read. */
  z.object({ kind: z.literal('zipped'), name: z.string(), size: z.number() }),
]);
export type AppContent = z.infer<typeof appContent>;

export const packageItself: AppContent = { kind: 'package' };
