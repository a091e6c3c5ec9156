/** The people, places and tenants of the bench: the same in every run, derived from their number. */
export interface Conversation {
  tenantId: string;
  kind: 'personal' | 'groupChat' | 'channel';
  /** As it stands in an activity: a channel's with its thread. */
  wireId: string;
  /** What makes a workspace of it: the team, or the chat. */
  teamsKey: string;
  workspaceKind: 'personal' | 'groupChat' | 'team';
  person: { teamsId: string; objectId: string; name: string };
  /** The name of one of its connections, and of no other conversation's. */
  marker: string;
}

/** Teams allows 60 messages in 30 s and 1,800 in an hour per conversation, 50 in 1 s per tenant: none may be met here. */
const tenantCount = 100;
const conversationsPerTenant = 20;

/** One registration for both bots. */
export const registration = {
  appId: '5b0c3f5e-0000-4000-8000-00000000b07a',
  password: 'bench-only-password',
  tenantId: '5b0c3f5e-0000-4000-8000-0000000007e4',
  channelId: 'msteams',
  issuer: 'https://issuer.bench.invalid',
  oauthScope: 'https://api.botframework.com',
};

const kinds = ['personal', 'channel', 'personal', 'groupChat'] as const;

const guid = (family: number, number: number) =>
  `${family.toString(16).padStart(8, '0')}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

export const tenants: readonly string[] = Array.from({ length: tenantCount }, (_, i) => guid(0xa, i));

function conversationOf(i: number): Conversation {
  const tenantId = tenants[i % tenantCount] ?? '';
  const kind = kinds[Math.floor(i / tenantCount) % kinds.length] ?? 'personal';
  const number = String(i).padStart(5, '0');
  const person = { teamsId: `29:bench-person-${number}`, objectId: guid(0xb, i), name: `Person ${number}` };
  const marker = `Production ${number}`;
  const chat = kind === 'personal' ? `a:bench-${number}` : `19:bench-${number}@thread.v2`;
  if (kind !== 'channel') return { tenantId, kind, workspaceKind: kind, wireId: chat, teamsKey: chat, person, marker };
  const wireId = `19:bench-channel-${number}@thread.tacv2;messageid=17000000${number}`;
  const teamsKey = `19:bench-team-${number}@thread.tacv2`;
  return { tenantId, kind, workspaceKind: 'team', wireId, teamsKey, person, marker };
}

/** Neighbours in the list are of different tenants, so that whoever walks along it spreads over all tenants. */
export const conversations: readonly Conversation[] = Array.from(
  { length: tenantCount * conversationsPerTenant },
  (_, i) => conversationOf(i),
);

/** The activity of a person who types these words to the bot. The id is put in for each message. */
export function messageOf(
  conversation: Conversation,
  words: string,
  serviceUrl: string,
): (activityId: string) => string {
  const { kind, person, tenantId, teamsKey, wireId } = conversation;
  const bot = { id: `28:${registration.appId}`, name: 'Quartermaster' };
  const mention = '<at>Quartermaster</at>';
  const [place = wireId] = wireId.split(';');
  const activity = {
    type: 'message',
    channelId: registration.channelId,
    serviceUrl,
    timestamp: '2026-11-21T12:00:00.000Z',
    localTimestamp: '2026-11-21T13:00:00.000+01:00',
    from: { id: person.teamsId, name: person.name, aadObjectId: person.objectId },
    conversation: {
      id: wireId,
      conversationType: kind,
      tenantId,
      ...(kind === 'personal' ? {} : { isGroup: true }),
      ...(kind === 'channel' ? { name: 'General' } : {}),
    },
    recipient: bot,
    textFormat: 'plain',
    text: kind === 'personal' ? words : `${mention} ${words}\n`,
    attachments: [{ contentType: 'text/html', content: `<div><div>${words}</div></div>` }],
    entities: [
      ...(kind === 'personal' ? [] : [{ type: 'mention', mentioned: bot, text: mention }]),
      { type: 'clientInfo', locale: 'en-GB', country: 'GB', platform: 'Windows', timezone: 'Europe/London' },
    ],
    channelData: {
      tenant: { id: tenantId },
      ...(kind === 'channel'
        ? {
            teamsTeamId: teamsKey,
            teamsChannelId: place,
            channel: { id: place },
            team: { id: teamsKey, name: 'Mobile' },
          }
        : {}),
    },
    locale: 'en-GB',
    localTimezone: 'Europe/London',
  };
  const rest = JSON.stringify(activity).slice(1);
  return (activityId) => `{"id":${JSON.stringify(activityId)},${rest}`;
}
