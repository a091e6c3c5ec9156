import { z } from 'zod';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const account = z.object({ id: z.string(), name: text, aadObjectId: text });
const accounts = z
  .array(z.object({ id: z.string() }))
  .nullish()
  .transform((value) => value ?? []);

/** The fields that are used of what Teams sends; the rest is not looked at. */
export const InboundActivity = z.object({
  type: z.string().min(1),
  id: text,
  channelId: text,
  serviceUrl: text,
  name: text,
  text,
  action: text,
  replyToId: text,
  value: z.unknown().optional(),
  from: account.nullish().transform((value) => value ?? undefined),
  recipient: account.nullish().transform((value) => value ?? undefined),
  conversation: z
    .object({ id: z.string().min(1), conversationType: text, name: text, isGroup: z.boolean().nullish() })
    .nullish()
    .transform((value) => value ?? undefined),
  entities: z
    .array(z.looseObject({ type: text }))
    .nullish()
    .transform((value) => value ?? []),
  attachments: z
    .array(z.looseObject({ contentType: text, name: text }))
    .nullish()
    .transform((value) => value ?? []),
  membersAdded: accounts,
  membersRemoved: accounts,
  channelData: z
    .object({
      tenant: z.object({ id: text }).nullish(),
      team: z.object({ id: text, name: text }).nullish(),
      /** `type` in the schema of botframework-schema, `membershipType` in Graph's words: both have been seen. */
      channel: z.object({ id: text, type: text, membershipType: text }).nullish(),
    })
    .nullish(),
});
export type InboundActivity = z.infer<typeof InboundActivity>;

export const Mention = z.object({
  type: z.literal('mention'),
  text: text,
  mentioned: z.object({ id: z.string(), name: text, aadObjectId: text }),
});
export type Mention = z.infer<typeof Mention>;

/** `adaptiveCard/action`: https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/universal-action-model */
export const CardActionValue = z.object({
  action: z.object({
    verb: text,
    data: z
      .union([z.record(z.string(), z.unknown()), z.unknown().transform(() => ({}) as Record<string, unknown>)])
      .optional(),
  }),
  trigger: z.string().nullish(),
});

/** What an Action.Submit fallback sends: its data beside the verb. */
export const SubmitValue = z.looseObject({ verb: z.string().min(1) });

export const FileAttachment = z.object({
  contentType: z.literal('application/vnd.microsoft.teams.file.download.info'),
  name: z.string().min(1),
  content: z.object({ downloadUrl: z.string().min(1) }),
});

export const isSharedChannel = (activity: InboundActivity): boolean => {
  const channel = activity.channelData?.channel;
  return channel?.type?.toLowerCase() === 'shared' || channel?.membershipType?.toLowerCase() === 'shared';
};
