import { z } from 'zod';

export const stepNames = [
  'createApp',
  'createContentVersion',
  'createFile',
  'awaitUploadUri',
  'upload',
  'commit',
  'awaitCommit',
  'activate',
  'awaitPublished',
] as const;
export type StepName = (typeof stepNames)[number];

export const stepName = z.enum(stepNames);

/** What a job knows beyond its row. Written before and after every effect, so that another worker can go on. */
export const jobProgress = z.object({
  /** Plain and encrypted bytes. */
  size: z.number(),
  sizeEncrypted: z.number(),
  blockSize: z.number(),
  /** Where the connection led when the job was started. */
  target: z.object({ tenantId: z.string(), cloud: z.string() }),
  /** Stands in the notes of an app this job creates: the only way to find it if the answer to the create is lost. */
  marker: z.string(),
  /** The plan was compared with Intune, and held. */
  planHolds: z.boolean().default(false),
  /** An effect was asked for and its answer is not known. */
  asked: z.enum(['createApp', 'createContentVersion', 'createFile', 'commit', 'activate']).nullable().default(null),
  appId: z.string().nullable().default(null),
  ownApp: z.boolean().default(false),
  /** Content versions that were there before this job asked for its own. */
  versionsBefore: z.array(z.string()).nullable().default(null),
  contentVersion: z.string().nullable().default(null),
  fileId: z.string().nullable().default(null),
  /** Base64; known once every byte was read. */
  seal: z.object({ mac: z.string(), fileDigest: z.string() }).nullable().default(null),
  /** How often Intune refused the content. */
  refusedCommits: z.number().default(0),
  /** Targets of the app when it was published; null where Intune did not say. */
  assignments: z.number().nullable().default(null),
  bytesDone: z.number().default(0),
  speed: z.object({ bytesPerSecond: z.number(), at: z.number() }).nullable().default(null),
  /** Epoch milliseconds since when the connection's consent is awaited. */
  waitingSince: z.number().nullable().default(null),
  retries: z.number().default(0),
  steps: z
    .array(z.object({ step: z.string(), startedAt: z.string(), endedAt: z.string().nullable(), attempts: z.number() }))
    .default([]),
});
export type JobProgress = z.infer<typeof jobProgress>;

/** How a job begins again when what it had made is gone. */
export const nothingMade = {
  planHolds: false,
  asked: null,
  appId: null,
  ownApp: false,
  versionsBefore: null,
  contentVersion: null,
  fileId: null,
  seal: null,
  bytesDone: 0,
  speed: null,
} as const satisfies Partial<JobProgress>;

/** A content version and all that hangs on it is gone; the app stays. */
export const noVersion = {
  asked: null,
  versionsBefore: null,
  contentVersion: null,
  fileId: null,
  seal: null,
  bytesDone: 0,
  speed: null,
} as const satisfies Partial<JobProgress>;

export function hasMadeSomething(progress: JobProgress): boolean {
  return progress.asked !== null || progress.appId !== null;
}

/** From here on devices may get the content. */
export function isActivating(step: string, progress: JobProgress): boolean {
  return step === 'awaitPublished' || progress.asked === 'activate';
}

const longestHistory = 60;

export function stepStarted(steps: JobProgress['steps'], step: string, now: Date): JobProgress['steps'] {
  const last = steps.at(-1);
  if (last !== undefined && last.step === step && last.endedAt === null)
    return [...steps.slice(0, -1), { ...last, attempts: last.attempts + 1 }];
  return [...steps, { step, startedAt: now.toISOString(), endedAt: null, attempts: 1 }].slice(-longestHistory);
}

export function stepEnded(steps: JobProgress['steps'], now: Date): JobProgress['steps'] {
  const last = steps.at(-1);
  return last === undefined ? steps : [...steps.slice(0, -1), { ...last, endedAt: now.toISOString() }];
}
