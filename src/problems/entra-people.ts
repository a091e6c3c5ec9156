import type { ProblemEntry } from './problem.ts';

/** What Microsoft's sign-in service says about consent and about the person who signs in. */
export const entraPeopleProblems = {
  consentDeclined: {
    title: 'Not granted yet',
    what: 'The consent was declined, or an administrator was asked for it and has not decided. Microsoft does not say which.',
    who: 'admin',
    remedy: 'Ask an administrator of the tenant, and test again when they have granted it.',
    fix: 'enterpriseApps',
  },
  appBeingSetUp: {
    title: 'Microsoft is still setting the app up',
    what: 'The tenant is just getting its enterprise application for this app.',
    who: 'nobody',
    remedy: 'Wait a minute and test again. If it lasts, an administrator grants the consent under Enterprise apps.',
    retryable: true,
    fix: 'retry',
  },
  consentByAdministrator: {
    title: 'An administrator has to consent',
    what: 'The person who signed in may not grant these permissions.',
    who: 'admin',
    remedy:
      'A Global Administrator or Privileged Role Administrator grants them. Request consent on the connection asks them; where the tenant allows it, Request approval on Microsoft’s page does too.',
    fix: 'apiPermissions',
  },
  appLooksRisky: {
    title: 'Microsoft holds the app for risky',
    what: 'Consent is kept back because of the app, often because its publisher is not verified.',
    who: 'admin',
    remedy: 'An administrator reviews the app and consents for the organisation, or its owner verifies the publisher.',
    fix: 'enterpriseApps',
  },
  partnerNotAuthorised: {
    title: 'The app is not authorised for partners',
    what: 'The tenant is looked after by a partner, and the app was not consented to in advance.',
    who: 'admin',
    remedy: 'The partner grants consent for the customer in Partner Center.',
  },
  redirectUriMissing: {
    title: 'The address to return to is not registered',
    what: 'The app registration does not know the redirect URI of this service.',
    who: 'appOwner',
    remedy:
      'Open Authentication of the app registration, add the platform Web with exactly the address that the guide of connect shows, and try again.',
    fix: 'authentication',
  },
  moreProofNeeded: {
    title: 'The sign-in was not finished',
    what: 'Microsoft wants a second factor from the person who signs in.',
    who: 'you',
    remedy: 'Sign in again and complete the second step.',
  },
  accountElsewhere: {
    title: 'The account is not in this tenant',
    what: 'The person who signed in belongs to another tenant.',
    who: 'you',
    remedy: 'Sign in with an account of the tenant, or let an administrator there invite you as a guest.',
  },
  guestPending: {
    title: 'The invitation is not accepted yet',
    what: 'The person who signed in was invited as a guest and has not accepted.',
    who: 'you',
    remedy: 'Open the invitation in your mail, accept it, and sign in again.',
  },
  accountOff: {
    title: 'The account is disabled',
    what: 'The person who signed in has an account that is disabled in this tenant.',
    who: 'admin',
    remedy: 'An administrator enables the account, or somebody else signs in.',
  },
  signInAgain: {
    title: 'Nobody is signed in',
    what: 'Microsoft found no session to go on with.',
    who: 'you',
    remedy: 'Open the link again and sign in.',
  },
  passwordTrouble: {
    title: 'The sign-in failed',
    what: 'Microsoft did not accept the password of the person who signed in, or the account is locked.',
    who: 'you',
    remedy: 'Sign in again or reset the password. The connection itself needs no password of a person.',
  },
  deviceSignInTrouble: {
    title: 'The device could not sign you in',
    what: 'Windows Hello or the key of this device failed.',
    who: 'you',
    remedy: 'Choose another way to sign in on Microsoft’s page.',
  },
} as const satisfies Record<string, ProblemEntry>;
