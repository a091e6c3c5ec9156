/** The person behind a verified activity. The pair (homeTenantId, objectId) identifies; names are for display only. */
export interface Actor {
  homeTenantId: string;
  /** `from.aadObjectId`; opaque, not always a GUID. */
  objectId: string;
  name: string;
  /** `from.id`, the MRI that mentions and `refresh.userIds` need. */
  teamsId: string;
}

/** What a route asks of the person who uses it. */
export type Permission =
  | 'none'
  | 'look'
  | 'publish'
  /** Decide on consent requests. */
  | 'approve'
  /** Change, assign and retire apps that are in Intune. */
  | 'manageApps'
  | 'manageTemplates'
  | 'manageConnections'
  /** Roles, sharing, audit. */
  | 'administer';

export interface Workspace {
  id: string;
  homeTenantId: string;
  kind: 'team' | 'groupChat' | 'personal';
  name: string | null;
  installedBy: string | null;
  sharedChannelsAllowed: boolean;
}

/** Where something was said, and where its answer and its news go. Stored as JSON beside what it belongs to. */
export interface Place {
  homeTenantId: string;
  conversationKind: 'personal' | 'groupChat' | 'channel';
  /** Without `;messageid=`. */
  conversationId: string;
  /** The message that starts the thread, in a channel. */
  threadId?: string;
  serviceUrl: string;
}
