import { z } from 'zod';
import { appAssignment } from './app-assignment.ts';
import { approval, heldChanges } from './approvals.ts';
import { newRelation } from './new-relation.ts';

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
  'relate',
  'assign',
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
  asked: z.enum(heldChanges).nullable().default(null),
  /** Requests for approval that this job filed, the oldest first. */
  approvals: z.array(approval).default([]),
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
  /** Days of a template are counted from here. */
  publishedAt: z.string().nullable().default(null),
  /** What was sent last for an administrator to approve: only the very same may be sent again with the code. */
  assigning: z.array(appAssignment).nullable().default(null),
  /** In the same way. */
  relating: z.array(newRelation).nullable().default(null),
  bytesDone: z.number().default(0),
  speed: z.object({ bytesPerSecond: z.number(), at: z.number() }).nullable().default(null),
  /** Epoch milliseconds since when the connection's consent is awaited. */
  waitingSince: z.number().nullable().default(null),
  retries: z.number().default(0),
  /** Names the message that wakes the job from a wait; an older message finds another name and does nothing. */
  wake: z.string().nullable().default(null),
  /** How often a worker only looked and left again. */
  looks: z.number().default(0),
  steps: z
    .array(
      z.object({
        step: z.string(),
        startedAt: z.string(),
        endedAt: z.string().nullable(),
        attempts: z.number(),
        requests: z
          .array(z.object({ what: z.string(), status: z.number().nullable(), requestId: z.string().nullable() }))
          .default([]),
      }),
    )
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

const afterwards: ReadonlySet<string> = new Set<StepName>(['awaitPublished', 'relate', 'assign']);

/** From here on devices may get the content. */
export function isActivating(step: string, progress: JobProgress): boolean {
  return afterwards.has(step) || progress.asked === 'activate';
}

const longestHistory = 60;
/** Older steps keep their times only, so that the history stays small. */
const stepsWithRequests = 15;

type Steps = JobProgress['steps'];

export function stepStarted(steps: Steps, step: string, now: Date): Steps {
  const last = steps.at(-1);
  if (last !== undefined && last.step === step && last.endedAt === null)
    return [...steps.slice(0, -1), { ...last, attempts: last.attempts + 1 }];
  const before = steps.map((entry, index) =>
    index < steps.length - stepsWithRequests && entry.requests.length > 0 ? { ...entry, requests: [] } : entry,
  );
  return [...before, { step, startedAt: now.toISOString(), endedAt: null, attempts: 1, requests: [] }].slice(
    -longestHistory,
  );
}

export function stepEnded(steps: Steps, now: Date): Steps {
  const last = steps.at(-1);
  return last === undefined ? steps : [...steps.slice(0, -1), { ...last, endedAt: now.toISOString() }];
}

/** What the last step sent, in place of what was known of it. */
export function stepRequests(steps: Steps, requests: Steps[number]['requests']): Steps {
  const last = steps.at(-1);
  return last === undefined || requests.length === 0 ? steps : [...steps.slice(0, -1), { ...last, requests }];
}
