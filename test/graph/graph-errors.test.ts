import { graphProblem, isPassingRefusal, readGraphFailure } from '../../src/graph/graph-errors.ts';

const activity = '6d8e1ad2-0b3c-4b1e-9d27-6a2f2a4bb111';
const text = (words: string) =>
  `${words} - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000 - Activity ID: ${activity} - Url: https://fef.msua06.manage.microsoft.com/AppLifecycle_2410/StatelessAppMetadataFEService/deviceAppManagement/mobileApps?api-version=5024-09-21`;
const intune = (words: string) =>
  JSON.stringify({
    _version: 3,
    Message: text(words),
    CustomApiErrorPhrase: '',
    RetryAfter: null,
    ErrorSourceService: '',
    HttpHeaders: '{}',
  });
const wrapped = (code: string, message: string) =>
  JSON.stringify({
    ErrorCode: code,
    Message: message,
    Target: null,
    Details: null,
    InnerError: null,
    InstanceAnnotations: [],
  });
const body = (code: string, message: string) =>
  JSON.stringify({
    error: {
      code,
      message,
      innerError: { date: '2026-11-21T10:00:00', 'request-id': 'the-request', 'client-request-id': 'the-client' },
    },
  });
const failure = (status: number, raw: string, headers: Record<string, string> = {}) =>
  readGraphFailure({ status, body: raw, header: (name) => headers[name] ?? null });
const explained = (...args: Parameters<typeof failure>) => graphProblem(failure(...args)).problem;

const notAuthorized = 'Application is not authorized to perform this operation';
const withScopes = `${notAuthorized}. Application must have one of the following scopes: DeviceManagementApps.ReadWrite.All, DeviceManagementApps.Read.All`;

describe('errors of Microsoft Graph and Intune', () => {
  it.each([
    ['A: plain text', 403, body('Forbidden', text(notAuthorized)), 'graphPermissionMissing'],
    ['B: JSON in the message', 403, body('Forbidden', intune(withScopes)), 'graphPermissionMissing'],
    [
      'C: JSON in JSON in the message',
      403,
      body('UnknownError', wrapped('Forbidden', intune(withScopes))),
      'graphPermissionMissing',
    ],
    [
      'C as 401: the proxy refuses for a while',
      401,
      body('UnknownError', wrapped('Forbidden', intune(notAuthorized))),
      'intuneRefusedForNow',
    ],
    ['D: a bare bad request', 400, body('BadRequest', intune('An error has occurred')), 'graphRequestRefused'],
    [
      'E: a value of no enum',
      400,
      body('ModelValidationFailure', "Requested value 'equals' was not found."),
      'graphRequestRefused',
    ],
    ['F: no Intune', 400, body('BadRequest', 'Request not applicable to target tenant.'), 'intuneNotAvailable'],
    [
      'F inside Intune’s form',
      400,
      body('BadRequest', intune('Request not applicable to target tenant.')),
      'intuneNotAvailable',
    ],
    [
      'G: an expired token',
      401,
      body('InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.'),
      'graphTokenRefused',
    ],
    [
      'H: a directory permission',
      403,
      body('Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'),
      'graphPermissionMissing',
    ],
    ['I: throttled', 429, body('TooManyRequests', 'Too many requests'), 'graphThrottled'],
    ['J: away', 503, body('ServiceUnavailable', 'Service unavailable'), 'graphDown'],
    ['J: a gateway’s page', 504, '<html>Gateway Timeout</html>', 'graphDown'],
    ['another 403', 403, body('Forbidden', 'Access is denied.'), 'graphForbidden'],
    ['gone', 404, body('ResourceNotFound', 'Resource not found for the segment'), 'graphNotFound'],
    ['a conflict', 409, body('Conflict', 'Already there'), 'graphConflict'],
    ['replica lag', 412, body('ConditionNotMet', 'Precondition failed'), 'graphNotReadyYet'],
    ['another 412', 412, body('PreconditionFailed', 'Precondition failed'), 'graphConflict'],
    [
      'an approval that is already asked for',
      409,
      body('Conflict', 'An active Approval Request already exists for this entity'),
      'approvalPending',
    ],
    [
      'no justification',
      400,
      body('BadRequest', intune("Header 'x-msft-approval-justification' is required to request approval")),
      'approvalJustificationMissing',
    ],
    ['a fault', 500, body('InternalServerError', 'boom'), 'graphFault'],
    ['nothing at all', 500, '', 'graphFault'],
    ['a status nobody expects', 418, '[]', 'graphAnswerUnexpected'],
  ])('%s', (_, status, raw, code) => {
    const found = explained(status, raw);

    expect(found.code).toBe(code);
    expect(JSON.stringify(found)).not.toMatch(/manage\.microsoft\.com|Operation ID|is not authorized to perform/);
  });

  it('names the permissions that would do, and the ids for support', () => {
    const found = explained(403, body('UnknownError', wrapped('Forbidden', intune(withScopes))), {
      'request-id': 'from-the-header',
    });

    expect(found.detail).toBe('It needs one of: DeviceManagementApps.ReadWrite.All, DeviceManagementApps.Read.All.');
    expect(found.ids).toEqual({
      requestId: 'from-the-header',
      correlationId: 'the-client',
      activityId: activity,
      serviceCode: '403 Forbidden',
    });
  });

  it('names one permission plainly', () => {
    const one = `${notAuthorized}. Application must have one of the following scopes: DeviceManagementApps.ReadWrite.All`;

    expect(explained(403, body('Forbidden', intune(one))).detail).toBe('It needs DeviceManagementApps.ReadWrite.All.');
  });

  it.each([
    ["Requested value 'equals' was not found.", 'It does not know the value equals.'],
    [
      "The property 'identityVersion' does not exist on type 'microsoft.graph.androidLobApp'. Make sure to only use property names that are defined by the type.",
      'It does not know the property identityVersion.',
    ],
    ["Requested value '<script>' was not found.", undefined],
  ])('says what it stumbled over where that is a plain name: %s', (message, detail) => {
    expect(explained(400, body('ModelValidationFailure', message)).detail).toBe(detail);
  });

  it.each([
    [412, 'PreconditionFailed'],
    [403, 'ApprovalRequired'],
  ])('keeps the approval request that a %d names', (status, code) => {
    const found = explained(status, body(code, 'Approval is required'), { 'x-msft-approval-code': 'the-approval' });

    expect(found).toMatchObject({ code: 'approvalRequired', ids: { approvalId: 'the-approval' } });
  });

  it('does not take a refusal for lack of permission for one that passes', () => {
    expect(isPassingRefusal(failure(403, body('UnknownError', wrapped('Forbidden', intune(notAuthorized)))))).toBe(
      false,
    );
    expect(isPassingRefusal(failure(401, body('UnknownError', wrapped('Forbidden', intune(notAuthorized)))))).toBe(
      true,
    );
  });

  it('stops unwrapping at some depth', () => {
    let message = 'Request not applicable to target tenant.';
    for (let depth = 0; depth < 10; depth += 1) message = wrapped('BadRequest', message);

    expect(failure(400, body('BadRequest', message)).codes).toHaveLength(5);
  });

  it('says how long to wait when it is throttled', () => {
    const found = graphProblem(failure(429, body('TooManyRequests', '')), 41_200).problem;

    expect(found.detail).toBe('It asks to wait 42 seconds.');
  });
});
