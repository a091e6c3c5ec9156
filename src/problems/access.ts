import type { ProblemEntry } from './problem.ts';

export const accessProblems = {
  connectionLent: {
    title: 'This connection was lent to you',
    what: 'Another place owns this connection. Here it can be used, not changed, renewed, shared or deleted.',
    who: 'you',
    remedy: 'Ask an admin of the place that shared it.',
  },
  shareOfSignIn: {
    title: 'A sign-in is not shared',
    what: 'This connection works in the name of a person who signed in for this place only.',
    who: 'you',
    remedy: 'Share a connection with application permissions instead.',
  },
  shareFromOwnChat: {
    title: 'This connection is yours alone',
    what: 'A connection of your own chat cannot be shared: nobody else could look after it.',
    who: 'you',
    remedy: 'Connect in a team or group chat and share it from there.',
  },
  roleUnknown: {
    title: 'No such role',
    what: 'This role was deleted meanwhile.',
    who: 'you',
    remedy: 'Type roles and choose one of those that are there.',
  },
  roleNameTaken: {
    title: 'The name is taken',
    what: 'Another role of this place, or one that comes with me, already has this name.',
    who: 'you',
    remedy: 'Choose another name.',
  },
  rolesTooMany: {
    title: 'There are too many own roles',
    what: 'A place can have up to 20 roles of its own.',
    who: 'you',
    remedy: 'Change or delete one that is there.',
  },
  lastAdmin: {
    title: 'Somebody has to stay admin',
    what: 'After this change nobody here could name people any more, so I left everything as it was.',
    who: 'you',
    remedy: 'Name another admin first.',
  },
  groupNotReadable: {
    title: 'The group cannot be read',
    what: 'I could not read who is in this group, so nobody gets a role from it until I can.',
    who: 'appOwner',
    remedy:
      'Give the app registration of the connection the application permission GroupMember.Read.All of Microsoft Graph, with admin consent.',
    fix: 'apiPermissions',
  },
  groupTooLarge: {
    title: 'The group is too large',
    what: 'I read groups of up to 10,000 members.',
    who: 'you',
    remedy: 'Give the role to a smaller group.',
  },
  groupConnectionElsewhere: {
    title: 'The connection reaches another organisation',
    what: 'Roles can be given to groups of the organisation that this place belongs to only.',
    who: 'you',
    remedy: 'Choose a connection to your own organisation’s tenant.',
  },
  auditNotYours: {
    title: 'You may not read this audit',
    what: 'Whoever asked for this link is not an admin of that place any more, so no file was handed out.',
    who: 'you',
    remedy: 'Ask an admin of the place.',
  },
  auditLinkUnusable: {
    title: 'This link does not work any more',
    what: 'A link to an audit file works once and for 15 minutes. This one was used, is too old, or never was one.',
    who: 'you',
    remedy: 'Type audit in Teams and press Export as CSV for a new link.',
  },
} as const satisfies Record<string, ProblemEntry>;
