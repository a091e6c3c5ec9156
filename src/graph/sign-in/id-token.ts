import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Outbound } from '../../network/outbound.ts';
import { ProblemError } from '../../problems/problem.ts';
import { keysUrl } from '../credentials/msal-authority.ts';
import type { UserApp } from './user-app.ts';

/** Somebody of whom Entra says who they are. */
export interface VerifiedPerson {
  /** GUID. */
  tenantId: string;
  objectId: string;
  name: string;
  username: string;
  /** Template ids of directory roles; null when the app's manifest does not ask for them. */
  directoryRoles: string[] | null;
}

export interface IdTokenCheck {
  app: UserApp;
  nonce: string;
  outbound: Pick<Outbound, 'fetch'>;
  signal: AbortSignal;
  now?: () => Date;
}

/** https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
const claims = z.object({
  tid: z.guid().transform((id) => id.toLowerCase()),
  oid: z.guid().transform((id) => id.toLowerCase()),
  name: z.string().max(256).default(''),
  preferred_username: z.string().max(320).default(''),
  wids: z.array(z.string()).nullish(),
});
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });
const clockToleranceSeconds = 120;

/**
 * Signature, issuer, audience, time and nonce. The keys are read anew each time: sign-ins are rare, and a key that was
 * changed a minute ago has to count. https://learn.microsoft.com/entra/identity-platform/id-tokens#validate-tokens
 */
export async function verifyIdToken(token: string, check: IdTokenCheck): Promise<VerifiedPerson> {
  const { app, nonce, now = () => new Date() } = check;
  const keys = createLocalJWKSet(await signingKeys(check));
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      audience: app.clientId,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'iat', 'nonce'],
      currentDate: now(),
    });
    const read = claims.parse(payload);
    const isOurs = payload.nonce === nonce && payload.iss === `${app.cloud.loginUrl}/${read.tid}/v2.0`;
    if (!isOurs) throw new ProblemError('signInNotTrusted');
    return {
      tenantId: read.tid,
      objectId: read.oid,
      name: read.name,
      username: read.preferred_username,
      directoryRoles: read.wids ?? null,
    };
  } catch (cause) {
    if (cause instanceof errors.JOSEError || cause instanceof z.ZodError)
      throw new ProblemError('signInNotTrusted', { cause });
    throw cause;
  }
}

async function signingKeys({ app, outbound, signal }: IdTokenCheck): Promise<JSONWebKeySet> {
  try {
    const answer = await outbound.fetch(keysUrl(app), { signal, headers: { accept: 'application/json' } });
    return keySet.parse(await answer.json()) as JSONWebKeySet;
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw new ProblemError('networkDown', { cause });
  }
}
