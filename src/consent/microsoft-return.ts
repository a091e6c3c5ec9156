/** Microsoft's answer to an admin consent, as the address says it. */
export type MicrosoftReturn =
  | { kind: 'granted'; tenant: string | null }
  /** Declined, or sent to the tenant's own reviewers: Microsoft says the same for both. */
  | { kind: 'notGranted' }
  | { kind: 'stopped'; note: StopNote };

/** Why somebody was stopped on Microsoft's page, as far as the answer says. */
export type StopNote = 'needsAdmin' | 'wrongAccount' | 'policy' | 'microsoft';

const declined = new Set([65004]);
const needsAdmin = new Set([90093, 90094, 90095, 900941, 900981]);
const wrongAccount = new Set([50020, 50034, 51004, 90072, 16000, 16003, 50014, 50105]);
const policy = new Set([53000, 53001, 53003, 50131, 530032, 530035, 500021, 500022, 500212, 500213]);

/**
 * `error` wins over `admin_consent=True`, which stands in refusals too. The description is read for its number only, to
 * choose an explanation of ours. https://learn.microsoft.com/entra/identity-platform/v2-admin-consent#error-response
 */
export function readReturn(query: URLSearchParams): MicrosoftReturn {
  const error = query.get('error');
  if (error === null || error === '') {
    if (query.get('admin_consent')?.toLowerCase() !== 'true') return { kind: 'stopped', note: 'microsoft' };
    return { kind: 'granted', tenant: query.get('tenant')?.toLowerCase() ?? null };
  }
  const number = Number(/AADSTS(\d{4,8})/.exec(query.get('error_description') ?? '')?.[1] ?? 0);
  if (needsAdmin.has(number)) return { kind: 'stopped', note: 'needsAdmin' };
  if (wrongAccount.has(number)) return { kind: 'stopped', note: 'wrongAccount' };
  if (policy.has(number)) return { kind: 'stopped', note: 'policy' };
  if (declined.has(number) || error === 'access_denied' || error === 'permission_denied') return { kind: 'notGranted' };
  return { kind: 'stopped', note: 'microsoft' };
}
