import type { ProblemEntry } from './problem.ts';

/** What Microsoft Graph and Intune say. */
export const graphProblems = {
  graphPermissionMissing: {
    title: 'A permission is missing',
    what: 'Microsoft refused this because the app lacks a permission.',
    who: 'admin',
    remedy:
      'Add the application permission of Microsoft Graph to the app, have an administrator grant admin consent, and test the connection.',
    fix: 'apiPermissions',
  },
  graphForbidden: {
    title: 'Microsoft refused this',
    what: 'The app is known, but it may not do this in this tenant.',
    who: 'admin',
    remedy:
      'Check that the app has application permissions, not delegated ones, with admin consent, and that the tenant has Intune licences.',
    fix: 'apiPermissions',
  },
  intuneNotAvailable: {
    title: 'The tenant has no usable Intune',
    what: 'Intune says that this request does not apply to the tenant: there is no licence, or Intune is not the MDM authority.',
    who: 'admin',
    remedy: 'An administrator checks the Intune subscription and sets the MDM authority. Then test again.',
    fix: 'intuneAdminCentre',
  },
  intuneRefusedForNow: {
    title: 'Intune did not let the app in',
    what: 'Intune refused a valid token. That is mostly temporary.',
    who: 'nobody',
    remedy: 'Wait some minutes and try again. If it lasts, check the Intune licence of the tenant.',
    retryable: true,
    fix: 'retry',
  },
  graphTokenRefused: {
    title: 'The token was refused',
    what: 'Microsoft Graph does not accept the token of this connection, not even a new one.',
    who: 'you',
    remedy: 'Check the cloud of the connection and test it.',
    fix: 'editConnection',
  },
  graphThrottled: {
    title: 'Microsoft asks to slow down',
    what: 'Too many requests went to this tenant.',
    who: 'nobody',
    remedy: 'Wait a few minutes and try again.',
    retryable: true,
    fix: 'retry',
  },
  graphNotFound: {
    title: 'Not found',
    what: 'Intune does not have this any more, or not yet.',
    who: 'you',
    remedy: 'Look it up again. If it was made a moment ago, wait a minute.',
  },
  graphConflict: {
    title: 'Something else changed it',
    what: 'Intune refused the change because of another one.',
    who: 'you',
    remedy: 'Look at the current state and try again.',
    retryable: true,
  },
  graphNotReadyYet: {
    title: 'Intune is not ready yet',
    what: 'Something made a moment ago has not reached all of Intune.',
    who: 'nobody',
    remedy: 'Wait a minute and try again.',
    retryable: true,
    fix: 'retry',
  },
  graphRequestRefused: {
    title: 'Intune refused the values',
    what: 'Intune did not accept what was sent.',
    who: 'operator',
    remedy: 'This is likely a fault of this bot. Report it with the ids below.',
  },
  approvalRequired: {
    title: 'A second administrator has to approve',
    what: 'The tenant uses Multi Admin Approval. The change was filed as a request and is not done yet.',
    who: 'admin',
    remedy: 'Another administrator approves it in Intune, Tenant administration, Multi Admin Approval.',
    fix: 'intuneAdminCentre',
  },
  approvalPending: {
    title: 'An approval is already waiting',
    what: 'The tenant uses Multi Admin Approval, and another request for the same thing is still open.',
    who: 'admin',
    remedy: 'An administrator decides the open request in Intune, Tenant administration, Multi Admin Approval.',
    fix: 'intuneAdminCentre',
  },
  approvalJustificationMissing: {
    title: 'The tenant wants approvals',
    what: 'The tenant uses Multi Admin Approval for apps, and this change came without a request for approval. Nothing was changed.',
    who: 'admin',
    remedy:
      'An administrator excludes this app in the access policy for apps, or makes the change in the Intune admin centre.',
    fix: 'intuneAdminCentre',
  },
  graphDown: {
    title: 'Intune does not answer',
    what: 'Microsoft Graph or Intune has a temporary fault.',
    who: 'nobody',
    remedy: 'Wait a few minutes and try again.',
    retryable: true,
    fix: 'retry',
  },
  graphFault: {
    title: 'Microsoft reported a fault',
    what: 'Microsoft Graph failed at this request.',
    who: 'operator',
    remedy: 'Try once more. If it happens again, give the ids below to Microsoft support.',
    retryable: true,
    fix: 'retry',
  },
  graphAnswerUnexpected: {
    title: 'An answer I do not understand',
    what: 'Microsoft Graph answered in a form this bot does not know.',
    who: 'operator',
    remedy: 'Report it with the ids below. An update of this bot may be needed.',
  },
  graphHostRefused: {
    title: 'The answer points elsewhere',
    what: 'Microsoft Graph named a next page on a host that does not belong to the cloud of this connection.',
    who: 'operator',
    remedy: 'Nothing was sent there. Report it with the ids below.',
  },
} as const satisfies Record<string, ProblemEntry>;
