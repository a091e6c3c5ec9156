import type { entraProblems } from '../problems/entra.ts';
import type { entraPeopleProblems } from '../problems/entra-people.ts';

export type EntraProblemCode = keyof typeof entraProblems | keyof typeof entraPeopleProblems;

/**
 * Microsoft's AADSTS numbers, by the explanation they get. The numbers are diagnostics that may change, so a number that
 * stands nowhere here falls back to the OAuth `error`. https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const numbersByProblem: Partial<Record<EntraProblemCode, readonly number[]>> = {
  tenantNotFound: [90002, 900023, 50059, 50128, 90019],
  tenantInOtherCloud: [90038, 90051, 50049],
  appInOtherCloud: [900382, 900432],
  tenantInactive: [5000225],
  clientIdMalformed: [90112],
  appNotInTenant: [700016, 700011],
  notConsented: [7000229, 65001, 90008, 650056],
  consentDeclined: [65004],
  appBeingSetUp: [650051],
  consentByAdministrator: [90093, 90094, 90095],
  appLooksRisky: [900941, 900981],
  partnerNotAuthorised: [90099],
  redirectUriMissing: [50011, 500113, 900971],
  moreProofNeeded: [50076, 50079, 50072, 50074],
  accountElsewhere: [50020, 50034, 51004, 90072, 16000, 16003],
  guestPending: [50014],
  accountOff: [50057],
  signInAgain: [50058, 16001],
  passwordTrouble: [50053, 50055, 50056, 50126],
  deviceSignInTrouble: [130004, 130005, 130006, 130007, 130008],
  appSingleTenant: [650059, 50194],
  appDisabled: [70001, 7000112, 1000031],
  appIsPublicClient: [700025],
  appPermissionsWrong: [65005, 650054, 650057],
  appNotAssigned: [501051, 50105],
  secretWrong: [7000215, 70002],
  secretExpired: [7000222],
  credentialMissing: [7000218],
  certificateRefused: [700027, 700030, 50012, 50146, 50003],
  federationMismatch: [70021],
  federationMissing: [70025],
  federationIssuer: [700211],
  federationSubject: [700213],
  federationSubjectCase: [7002138],
  federationAudience: [700212],
  federationTokenKind: [700222, 700226, 700229, 700236],
  assertionRefused: [700024, 50013, 500133, 50027, 50048],
  intuneMissingInTenant: [650052, 500011, 500014],
  conditionalAccess: [53003, 53000, 53001, 50131, 530032, 530035],
  tenantPolicyBlocked: [500021, 500022, 500212, 500213],
  entraThrottled: [90055, 50196],
  entraBusy: [90006, 90012, 90024, 90033, 50033, 50087, 90090],
  entraFault: [90036, 50000],
  entraRequestRefused: [
    90014, 900144, 90013, 90023, 90100, 900561, 9002313, 9001023, 90124, 90130, 70011, 1002012, 700022, 700023, 28002,
    28003, 901002, 70003, 50001, 65002,
  ],
};

const problemByNumber = new Map(
  Object.entries(numbersByProblem).flatMap(([problem, numbers]) =>
    numbers.map((number) => [number, problem as EntraProblemCode] as const),
  ),
);

/** OAuth's `error`, for numbers that are not explained above. */
const problemByError: Record<string, EntraProblemCode> = {
  invalid_client: 'credentialRefused',
  unauthorized_client: 'appNotAllowed',
  access_denied: 'appNotAllowed',
  consent_required: 'notConsented',
  interaction_required: 'conditionalAccess',
  invalid_request: 'entraRequestRefused',
  invalid_scope: 'entraRequestRefused',
  invalid_resource: 'intuneMissingInTenant',
  unsupported_grant_type: 'entraRequestRefused',
  temporarily_unavailable: 'entraBusy',
  server_error: 'entraBusy',
};

/** Microsoft numbers everything about passwords from 120000 to 120999. */
const passwords = { from: 120_000, to: 120_999 };

export function problemOfNumber(number: number): EntraProblemCode | undefined {
  if (number >= passwords.from && number <= passwords.to) return 'passwordTrouble';
  return problemByNumber.get(number);
}

export function problemOfError(error: string): EntraProblemCode | undefined {
  return Object.hasOwn(problemByError, error) ? problemByError[error] : undefined;
}
