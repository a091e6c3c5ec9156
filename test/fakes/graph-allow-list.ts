/**
 * What Graph's metadata, as far as it lies beside this repository, cannot check, and the documentation that is followed
 * there instead. Everything else that is sent in a test has to pass.
 */
export const graphAllowList: readonly { request: RegExp; violation: RegExp; documentation: string }[] = [
  {
    request: /^POST beta\/deviceManagement\/operationApprovalRequests\/cancelMyRequest$/,
    violation: /^\[unverified\]/,
    documentation: 'https://learn.microsoft.com/graph/api/intune-rbac-operationapprovalrequest-cancelmyrequest',
  },
];
