import { z } from 'zod';

/** A relation to another app as a job keeps it. */
export const newRelation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('supersedence'), targetId: z.string(), how: z.enum(['update', 'replace']) }),
  z.object({ kind: z.literal('dependency'), targetId: z.string(), how: z.enum(['detect', 'autoInstall']) }),
]);
