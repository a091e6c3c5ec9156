import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { AppRegistration } from '../tenants.ts';
import { EntraError } from './entra-error.ts';
import { checkFederatedAssertion, type TrustedIssuer } from './federated-credential.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();
const isSame = (one: string, other: string) => timingSafeEqual(digest(one), digest(other));

export function checkSecret(registration: AppRegistration, secret: string, now: number): void {
  const match = registration.secrets.find((entry) => isSame(entry.value, secret));
  if (match === undefined)
    throw new EntraError(
      401,
      'invalid_client',
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${registration.appId}'.`,
    );
  if (match.endsAt <= now)
    throw new EntraError(
      401,
      'invalid_client',
      7000222,
      `The provided client secret keys for app '${registration.appId}' are expired. Visit the Azure portal to create new keys for your app, or consider using certificate credentials for added security.`,
    );
}

/** https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
export async function checkAssertion(
  registration: AppRegistration,
  assertion: string,
  tokenUrl: string,
  now: number,
  issuers: readonly TrustedIssuer[],
): Promise<void> {
  const notRegistered = new EntraError(
    401,
    'invalid_client',
    700027,
    `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found.] App: '${registration.appId}'.`,
  );
  let thumbprint: unknown;
  let oldThumbprint: unknown;
  let issuer: unknown;
  try {
    const header = decodeProtectedHeader(assertion) as Record<string, unknown>;
    thumbprint = header['x5t#S256'];
    oldThumbprint = header.x5t;
    issuer = decodeJwt(assertion).iss;
  } catch {
    throw new EntraError(401, 'invalid_client', 50027, 'JWT token is invalid or malformed.');
  }
  const pem = registration.certificates.find((candidate) => {
    const { raw } = new X509Certificate(candidate);
    return thumbprint !== undefined
      ? createHash('sha256').update(raw).digest('base64url') === thumbprint
      : createHash('sha1').update(raw).digest('base64url') === oldThumbprint;
  });
  // An app that signs for itself is its own issuer; everything else is a token of somebody else.
  if (pem === undefined && (issuer !== registration.appId || (thumbprint ?? oldThumbprint) === undefined))
    return checkFederatedAssertion(registration, assertion, issuers, now);
  if (pem === undefined) throw notRegistered;
  try {
    await jwtVerify(assertion, new X509Certificate(pem).publicKey, {
      algorithms: ['PS256', 'RS256'],
      audience: tokenUrl,
      issuer: registration.appId,
      subject: registration.appId,
      currentDate: new Date(now),
      // Clocks differ; Microsoft's validation allows five minutes by default, and MSAL rounds the second up.
      clockTolerance: 300,
    });
  } catch (error) {
    if (
      error instanceof errors.JWTExpired ||
      (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')
    )
      throw new EntraError(
        401,
        'invalid_client',
        700024,
        'Client assertion is not within its valid time range. Review the documentation for the client credentials.',
      );
    if (error instanceof errors.JWTClaimValidationFailed)
      throw new EntraError(
        401,
        'invalid_client',
        50027,
        `JWT token is invalid: the claim '${error.claim}' does not fit.`,
      );
    throw new EntraError(401, 'invalid_client', 700027, 'Client assertion failed signature validation.');
  }
}
