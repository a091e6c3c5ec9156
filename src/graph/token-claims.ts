import { z } from 'zod';

/** https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
const claims = z.object({
  tid: z.string(),
  roles: z.array(z.string()).nullish(),
  scp: z.string().nullish(),
});

export interface TokenClaims {
  tenantId: string;
  /** Application permissions; empty when none was granted, which does not keep Microsoft from giving out a token. */
  roles: string[];
  /** Delegated permissions; null in a token of the app alone. */
  scopes: string[] | null;
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
    if (!read.success) return null;
    const { tid, roles, scp } = read.data;
    return { tenantId: tid.toLowerCase(), roles: roles ?? [], scopes: scp == null ? null : scp.split(' ') };
  } catch {
    return null;
  }
}
