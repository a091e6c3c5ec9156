import { z } from 'zod';

const graphObject = z.looseObject({ '@odata.type': z.string() });

/** An assignment as a job keeps it. */
export const appAssignment = z.object({ intent: z.string(), target: graphObject, settings: graphObject.nullable() });
