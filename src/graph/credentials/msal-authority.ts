import type { Cloud } from '../clouds.ts';

/** An app registration as one tenant knows it. */
export interface AppInTenant {
  cloud: Cloud;
  /** GUID or domain. */
  tenantId: string;
  clientId: string;
}

/** MSAL's options of one app, whatever it proves itself with. */
export function authOptions({ cloud, tenantId, clientId }: AppInTenant) {
  const authority = `${cloud.loginUrl}/${encodeURIComponent(tenantId)}`;
  return {
    clientId,
    authority,
    // Both spare a round trip, and let the token endpoint itself say what is wrong with the tenant.
    knownAuthorities: [new URL(cloud.loginUrl).host],
    authorityMetadata: JSON.stringify({
      issuer: `${authority}/v2.0`,
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
      jwks_uri: keysUrl({ cloud, tenantId }),
    }),
  };
}

export const keysUrl = ({ cloud, tenantId }: Pick<AppInTenant, 'cloud' | 'tenantId'>): string =>
  `${cloud.loginUrl}/${encodeURIComponent(tenantId)}/discovery/v2.0/keys`;
