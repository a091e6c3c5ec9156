import { X509Certificate } from 'node:crypto';
import type { VerifiedPerson } from '../graph/sign-in/id-token.ts';
import type { AppProof } from '../graph/sign-in/user-app.ts';
import { ProblemError } from '../problems/problem.ts';
import type { ManagedApp } from './managed-apps.ts';

/**
 * Directory roles whose holder may stand up for a tenant, by template id:
 * https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
 */
const standingRoles = new Set([
  // Global Administrator, Privileged Role Administrator, Intune Administrator.
  '62e90394-69f5-4237-9190-012177145e10',
  'e8611ab8-c189-46e8-94e1-60213ab1f814',
  '3a2c62db-5318-420d-8d74-23affee5d9d5',
]);

/** Throws unless the token itself says that the person administers the tenant. */
export function assertStandsForTenant({ directoryRoles }: Pick<VerifiedPerson, 'directoryRoles'>): void {
  if (directoryRoles === null) throw new ProblemError('proofWithoutRoles');
  if (!directoryRoles.some((role) => standingRoles.has(role.toLowerCase()))) throw new ProblemError('proofRoleMissing');
}

/** How the operator's app proves itself when it redeems a sign-in. */
export function appProof({ credential }: ManagedApp): AppProof {
  if (credential.kind === 'secret') return { clientSecret: credential.secret };
  const { fingerprint256 } = new X509Certificate(credential.certificatePem);
  return {
    clientCertificate: {
      thumbprintSha256: fingerprint256.replaceAll(':', ''),
      privateKey: credential.privateKeyPem,
    },
  };
}
