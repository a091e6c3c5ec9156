import { z } from 'zod';

/** Changes in Intune that a tenant may hold until a second administrator approves them. */
export const heldChanges = [
  'createApp',
  'createContentVersion',
  'createFile',
  'commit',
  'activate',
  'relate',
  'assign',
] as const;
export type HeldChange = (typeof heldChanges)[number];

/**
 * A request for approval that this job filed. `open` is undecided as far as this job knows; `elsewhere`: Intune says that
 * the change was made, and this job has not seen it yet. The other states are final.
 */
export const approval = z.object({
  change: z.enum(heldChanges),
  /** Intune's id of the request, and the code that completes it. */
  code: z.string(),
  /** The app registration that filed it; no other may complete it. */
  clientId: z.string(),
  state: z.enum(['open', 'approved', 'elsewhere', 'completed', 'rejected', 'cancelled', 'expired', 'dropped']),
  /** ISO 8601. */
  filedAt: z.string(),
  expiresAt: z.string().nullable().default(null),
  decidedAt: z.string().nullable().default(null),
  /** The administrator who decided, where Intune says it. */
  decidedBy: z.string().nullable().default(null),
  /** Named in the request as those who may approve. */
  approvers: z.array(z.string()).default([]),
  /** False where the connection may not read requests: then the change itself is tried now and then. */
  isReadable: z.boolean().default(true),
  /** How often Intune did not take the code. */
  refusals: z.number().default(0),
  /** The person who asked has been told that it was filed. */
  isTold: z.boolean().default(false),
});
export type Approval = z.infer<typeof approval>;

/** The request that stands between this job and its next change; there is one at most. */
export function awaitedApproval(approvals: readonly Approval[]): Approval | null {
  return approvals.find(({ state }) => state === 'open' || state === 'approved') ?? null;
}

export function withApproval(approvals: readonly Approval[], code: string, change: Partial<Approval>): Approval[] {
  return approvals.map((entry) => (entry.code === code ? { ...entry, ...change } : entry));
}

/** A step that has ended has found what was made elsewhere. */
export function settled(approvals: readonly Approval[]): Approval[] {
  return approvals.map((entry) => (entry.state === 'elsewhere' ? { ...entry, state: 'completed' } : entry));
}

const minute = 60_000;
const hour = 60 * minute;

/** Seconds until the next look: often at first, because whoever was asked may sit beside the one who asks. */
export function pauseBeforeNextLook({ filedAt, isReadable }: Approval, now: number): number {
  const age = now - Date.parse(filedAt);
  if (age > hour) return 300;
  if (age > 10 * minute) return 60;
  if (!isReadable) return 20;
  return age > 2 * minute ? 15 : 5;
}
