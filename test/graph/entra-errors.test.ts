import { entraProblem } from '../../src/graph/entra-errors.ts';

const refused = (status: number, error: string, numbers: number[], secretIsGuid = false) =>
  entraProblem({
    status,
    secretIsGuid,
    body: { error, error_codes: numbers, trace_id: 'trace', correlation_id: 'correlation' },
  }).problem;

describe('refusals of the token endpoint', () => {
  it.each([
    [90002, 'tenantNotFound', 'you'],
    [900023, 'tenantNotFound', 'you'],
    [50059, 'tenantNotFound', 'you'],
    [50128, 'tenantNotFound', 'you'],
    [90019, 'tenantNotFound', 'you'],
    [90038, 'tenantInOtherCloud', 'you'],
    [900382, 'appInOtherCloud', 'appOwner'],
    [900432, 'appInOtherCloud', 'appOwner'],
    [90112, 'clientIdMalformed', 'you'],
    [700016, 'appNotInTenant', 'you'],
    [700011, 'appNotInTenant', 'you'],
    [7000229, 'notConsented', 'admin'],
    [65001, 'notConsented', 'admin'],
    [90008, 'notConsented', 'admin'],
    [650056, 'notConsented', 'admin'],
    [7000215, 'secretWrong', 'you'],
    [70002, 'secretWrong', 'you'],
    [7000222, 'secretExpired', 'appOwner'],
    [7000218, 'credentialMissing', 'you'],
    [700025, 'appIsPublicClient', 'appOwner'],
    [7000112, 'appDisabled', 'admin'],
    [70001, 'appDisabled', 'admin'],
    [650052, 'intuneMissingInTenant', 'admin'],
    [500011, 'intuneMissingInTenant', 'admin'],
    [500014, 'intuneMissingInTenant', 'admin'],
    [53003, 'conditionalAccess', 'admin'],
    [90055, 'entraThrottled', 'nobody'],
    [90033, 'entraBusy', 'nobody'],
    [700027, 'certificateRefused', 'appOwner'],
    [700213, 'federationSubject', 'appOwner'],
    [650059, 'appSingleTenant', 'appOwner'],
  ])('AADSTS%d is %s, for %s', (number, code, who) => {
    expect(refused(400, 'invalid_client', [number])).toMatchObject({
      code,
      who,
      ids: { serviceCode: `AADSTS${number}`, traceId: 'trace', correlationId: 'correlation' },
    });
  });

  it("says when the secret's id was pasted", () => {
    expect(refused(401, 'invalid_client', [7000215], true).code).toBe('secretIdPasted');
    expect(refused(401, 'invalid_client', [7000222], true).code).toBe('secretExpired');
  });

  it.each([
    ['invalid_client', 401, 'credentialRefused'],
    ['unauthorized_client', 400, 'appNotAllowed'],
    ['temporarily_unavailable', 400, 'entraBusy'],
    ['consent_required', 400, 'notConsented'],
    ['anything_new', 400, 'entraUnknown'],
    ['anything_new', 503, 'entraBusy'],
    ['anything_new', 429, 'entraThrottled'],
    ['toString', 400, 'entraUnknown'],
  ])('an unknown number falls back to the error: %s with status %d is %s', (error, status, code) => {
    const found = refused(status, error, [987654321]);

    expect(found.code).toBe(code);
    expect(found.detail).toContain('https://login.microsoftonline.com/error?code=987654321');
  });

  it('prefers a number it can explain', () => {
    expect(refused(400, 'invalid_client', [987654321, 7000222])).toMatchObject({
      code: 'secretExpired',
      ids: { serviceCode: 'AADSTS7000222' },
    });
  });

  it('manages without numbers and ids', () => {
    const found = entraProblem({ status: 502, secretIsGuid: false, body: { error: 'http_502' } }).problem;

    expect(found).toMatchObject({ code: 'entraBusy', ids: { serviceCode: 'http_502' } });
    expect(found.detail).toBeUndefined();
  });
});
