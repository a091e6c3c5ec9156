import type { KeyObject } from 'node:crypto';
import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import type { AppRegistration } from '../tenants.ts';
import { EntraError } from './entra-error.ts';

export interface TrustedIssuer {
  url: string;
  publicKey: KeyObject;
  /** Entra itself, as issuer of a managed identity's token. */
  isEntra: boolean;
}

const refused = (code: number, text: string) => new EntraError(400, 'invalid_request', code, text);

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
export async function checkFederatedAssertion(
  registration: AppRegistration,
  assertion: string,
  issuers: readonly TrustedIssuer[],
  now: number,
): Promise<void> {
  const { federatedCredentials: known, appId, displayName } = registration;
  if (known.length === 0)
    throw new EntraError(
      401,
      'invalid_client',
      70025,
      `The client '${appId}'(${displayName}) has no configured federated identity credentials.`,
    );
  let claims: JWTPayload;
  try {
    claims = decodeJwt(assertion);
  } catch {
    throw new EntraError(401, 'invalid_client', 50027, 'JWT token is invalid or malformed.');
  }
  const { iss = '', sub = '' } = claims;
  const audiences = [claims.aud ?? []].flat();
  const [audience = ''] = audiences;
  // A token goes on living where the credential that trusts it was made a moment ago: propagation takes minutes.
  const ready = known.filter(({ availableAt }) => availableAt <= now);
  if (ready.length === 0 && known.length > 0)
    throw refused(70021, 'No matching federated identity record found for presented assertion.');
  const ofIssuer = ready.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0)
    throw refused(
      700211,
      `No matching federated identity record found for presented assertion issuer '${iss}'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
    );
  const ofSubject = ofIssuer.filter(({ subject }) => subject === sub);
  if (ofSubject.length === 0) {
    const almost = ofIssuer.some(({ subject }) => subject.toLowerCase() === sub.toLowerCase());
    throw almost
      ? refused(7002138, 'The presented assertion subject matches a federated identity record except for letter case.')
      : refused(
          700213,
          `No matching federated identity record found for presented assertion subject '${sub}'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
        );
  }
  if (audiences.length !== 1 || !ofSubject.some((credential) => credential.audience === audience))
    throw refused(
      700212,
      `No matching federated identity record found for presented assertion audience '${audience}'.`,
    );

  const issuer = issuers.find(({ url }) => url === iss);
  if (issuer === undefined)
    throw refused(50013, 'Assertion failed signature validation. The issuer cannot be reached.');
  if (issuer.isEntra && claims.xms_mirid === undefined)
    throw refused(700226, 'Only tokens of managed identities are accepted from this issuer.');
  try {
    await jwtVerify(assertion, issuer.publicKey, {
      algorithms: ['RS256'],
      currentDate: new Date(now),
      clockTolerance: 300,
    });
  } catch (error) {
    if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)
      throw new EntraError(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.');
    throw refused(50013, 'Assertion failed signature validation.');
  }
}
