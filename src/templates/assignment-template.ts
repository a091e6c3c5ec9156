import { z } from 'zod';

/** A moment after publishing: so many days later, at a time of day. */
const laterMoment = z.object({
  days: z.number().int().min(0).max(365),
  /** `09:00` */
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
});
export type LaterMoment = z.infer<typeof laterMoment>;

/** Null everywhere means: as Intune does it, or as somebody has set it there. */
export const assignmentSettings = z.object({
  notifications: z.enum(['showAll', 'showReboot', 'hideAll']).nullable().default(null),
  deliveryOptimization: z.enum(['notConfigured', 'foreground']).nullable().default(null),
  available: laterMoment.nullable().default(null),
  deadline: laterMoment.nullable().default(null),
  /** `device`, or a zone of the IANA database. */
  timeZone: z.string().default('device'),
  restart: z
    .object({
      graceMinutes: z.number().int().min(1).max(20_160),
      countdownMinutes: z.number().int().min(1).max(240),
      /** Null: the reminder cannot be put off. */
      snoozeMinutes: z.number().int().min(1).max(712).nullable(),
    })
    .nullable()
    .default(null),
  updatesSuperseded: z.boolean().nullable().default(null),
  uninstallOnRemoval: z.boolean().nullable().default(null),
  removable: z.boolean().nullable().default(null),
  preventBackup: z.boolean().nullable().default(null),
  deviceContext: z.boolean().nullable().default(null),
});
export type AssignmentSettings = z.infer<typeof assignmentSettings>;

export const noSettings: AssignmentSettings = assignmentSettings.parse({});

export const intents = ['required', 'available', 'availableWithoutEnrollment', 'uninstall'] as const;
export type Intent = (typeof intents)[number];

const who = z.discriminatedUnion('kind', [
  /** The name is what it was when it was chosen; the id decides. */
  z.object({ kind: z.literal('group'), id: z.string(), name: z.string() }),
  z.object({ kind: z.literal('allUsers') }),
  z.object({ kind: z.literal('allDevices') }),
]);
export type Who = z.infer<typeof who>;

const assignmentRow = z.object({
  /** Names the row on cards; never given twice in a template. */
  key: z.string(),
  who,
  excluded: z.boolean(),
  intent: z.enum(intents),
  filter: z
    .object({ id: z.string(), name: z.string(), platform: z.string(), mode: z.enum(['include', 'exclude']) })
    .nullable(),
  settings: assignmentSettings,
});
export type AssignmentRow = z.infer<typeof assignmentRow>;

/** Reusable targets, intents, filters and settings. */
export const assignmentTemplate = z.object({
  name: z.string(),
  rows: z.array(assignmentRow),
  nextKey: z.number().int(),
});
export type AssignmentTemplate = z.infer<typeof assignmentTemplate>;

export const emptyAssignmentTemplate: AssignmentTemplate = { name: '', rows: [], nextKey: 1 };

export const whoName = (target: Who): string =>
  target.kind === 'group' ? target.name : target.kind === 'allUsers' ? 'All users' : 'All devices';
