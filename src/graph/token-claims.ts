import { z } from 'zod';

/** https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
const claims = z.object({
  tid: z.string(),
  roles: z.array(z.string()).nullish(),
});

export interface TokenClaims {
  tenantId: string;
  /** Application permissions; empty when none was granted, which does not keep Microsoft from giving out a token. */
  roles: string[];
}

/**
 * For diagnosis only: a token for Microsoft Graph is opaque to its client and may stop being readable, so null is an
 * answer to live with. Nothing is verified and nothing is trusted.
 */
export function readTokenClaims(token: string): TokenClaims | null {
  const payload = token.split('.')[1];
  if (payload === undefined) return null;
  try {
    const read = claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    return read.success ? { tenantId: read.data.tid.toLowerCase(), roles: read.data.roles ?? [] } : null;
  } catch {
    return null;
  }
}
