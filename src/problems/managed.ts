import type { ProblemEntry } from './problem.ts';

/** Connections that use an app of the operator. */
export const managedProblems = {
  managedAppGone: {
    title: 'The operator’s app is gone',
    what: 'This connection uses an app of this bot’s operator that is not configured any more.',
    who: 'operator',
    remedy: 'Configure the app again, or let somebody make a connection with another one.',
  },
  managedCredentialRefused: {
    title: 'The operator’s app cannot sign in',
    what: 'Microsoft does not accept the credential of the app that this bot’s operator provides.',
    who: 'operator',
    remedy: 'Renew the credential of the app in MANAGED_APPS_FILE and restart. Nothing has to be done in this place.',
  },
  tenantNotProven: {
    title: 'Nobody has proven the tenant',
    what: 'Anybody can type the id of a tenant. Until somebody of this tenant has stood up for the connection, nothing is asked of it.',
    who: 'you',
    remedy: 'Press Prove the tenant: an administrator of the tenant signs in once.',
  },
  managedNotConsented: {
    title: 'Nobody has agreed yet',
    what: 'The tenant has not agreed to the app, or to none of the permissions it needs.',
    who: 'admin',
    remedy: 'Press Request consent: a Global Administrator or Privileged Role Administrator of the tenant agrees once.',
  },
  proofWithoutRoles: {
    title: 'The sign-in does not say what you are',
    what: 'Microsoft’s token names no directory roles, so it proves an account and no administrator. It counts for nothing.',
    who: 'operator',
    remedy:
      'In the manifest of the operator’s app groupMembershipClaims has to be DirectoryRole or All, so that tokens hold wids. Then sign in again.',
  },
  proofRoleMissing: {
    title: 'That account is no administrator',
    what: 'The account belongs to the tenant, but holds none of the roles that can stand up for it.',
    who: 'admin',
    remedy:
      'A Global Administrator, Privileged Role Administrator or Intune Administrator of the tenant signs in. The role has to be active.',
  },
} as const satisfies Record<string, ProblemEntry>;
