import type { ProblemEntry } from './problem.ts';

/** A person's sign-in at Microsoft, from the link in Teams to the way back. */
export const signInProblems = {
  signInLinkUnknown: {
    title: 'This link is not valid',
    what: 'No sign-in belongs to this link.',
    who: 'you',
    remedy: 'Go back to Teams and press Sign in there for a new link.',
  },
  signInLinkExpired: {
    title: 'This link has expired',
    what: 'A link for signing in works for 15 minutes, and this one is over.',
    who: 'you',
    remedy: 'Go back to Teams and press Sign in there for a new link.',
  },
  signInUsed: {
    title: 'This link was used already',
    what: 'Each link is good for one sign-in.',
    who: 'you',
    remedy: 'Look at the card in Teams: it says how the sign-in ended. Press Sign in there for another one.',
  },
  signInCodeWrong: {
    title: 'That is not the code',
    what: 'The code does not fit this link.',
    who: 'you',
    remedy: 'Type the six digits that stand on the card in Teams.',
  },
  signInCodeBlocked: {
    title: 'Too many wrong codes',
    what: 'The link was closed because the code was wrong five times.',
    who: 'you',
    remedy: 'Go back to Teams and press Sign in there for a new link.',
  },
  signInElsewhere: {
    title: 'This sign-in began in another browser',
    what: 'The answer of Microsoft counts only in the browser in which the link from Teams was opened last.',
    who: 'you',
    remedy: 'Open the link from Teams again and finish in that browser.',
  },
  signInForged: {
    title: 'That request came from another page',
    what: 'The request was not made by the page of the link.',
    who: 'you',
    remedy: 'Open the link from Teams again and press Continue there.',
  },
  signInCancelled: {
    title: 'Not signed in',
    what: 'The sign-in was cancelled, or the permissions were declined. Nothing was changed.',
    who: 'you',
    remedy: 'Press Sign in in Teams when you want to try again.',
  },
  signInAdminNeeded: {
    title: 'An administrator has to agree first',
    what: 'The account may not agree to these permissions by itself.',
    who: 'admin',
    remedy:
      'A Global Administrator or Privileged Role Administrator grants admin consent: under API permissions of an app registration of your own, under Enterprise apps, Permissions, for an app of this bot’s operator. Then press Sign in in Teams again.',
    fix: 'apiPermissions',
  },
  signInNotTrusted: {
    title: 'The sign-in could not be verified',
    what: 'What came back does not prove who signed in.',
    who: 'you',
    remedy: 'Press Sign in in Teams and try again. If it happens again, tell the operator of this bot.',
  },
  signInOtherTenant: {
    title: 'That account belongs to another tenant',
    what: 'The account that signed in is not one of the tenant of this connection.',
    who: 'you',
    remedy: 'Press Sign in in Teams again and choose an account of that tenant.',
  },
  signInOtherPerson: {
    title: 'That is another account',
    what: 'The link was made for one person, and another account signed in.',
    who: 'you',
    remedy: 'Press Sign in in Teams yourself and choose your own account.',
  },
  signInNeeded: {
    title: 'Nobody has signed in yet',
    what: 'This connection works in the name of a person, and nobody has signed in.',
    who: 'you',
    remedy: 'Somebody who manages connections presses Sign in on the card of the connection.',
  },
  delegatedOwnerOnly: {
    title: 'This connection works for one person',
    what: 'It works in the name of the person who signed in, and for that person’s own presses only.',
    who: 'you',
    remedy:
      'Ask that person to do it or to let this place’s jobs use the sign-in, or use a connection with application permissions.',
  },
  delegatedNeedsOwnCredential: {
    title: 'A managed identity cannot sign people in',
    what: 'Delegated permissions take an app registration with a secret, a certificate or a federated credential.',
    who: 'you',
    remedy: 'Give the connection another credential, or use application permissions.',
    fix: 'editConnection',
  },
  signInLapsed: {
    title: 'Sign in again',
    what: 'The sign-in that this connection works with has ended: it lapsed, a password changed, or an administrator ended it.',
    who: 'you',
    remedy: 'The owner of the connection presses Sign in again.',
  },
} as const satisfies Record<string, ProblemEntry>;
