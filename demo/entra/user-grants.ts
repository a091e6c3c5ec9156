import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { AppRole } from '../roles.ts';
import type { AppRegistration, Person, Tenant } from '../tenants.ts';
import { EntraError } from './entra-error.ts';

/** Somebody signed in to an app: what a code or a refresh token stands for. */
export interface UserSession {
  tenant: Tenant;
  registration: AppRegistration;
  person: Person;
  /** Delegated permissions of Graph. */
  scopes: AppRole[];
  /** `openid`, `profile`, `offline_access`, `email`. */
  standardScopes: string[];
}

interface Code {
  session: UserSession;
  redirectUri: string;
  challenge: string;
  nonce: string | null;
  issuedAt: number;
  isUsed: boolean;
}

const codeLife = 10 * 60_000;
/** https://learn.microsoft.com/entra/identity-platform/refresh-tokens */
const refreshLife = 90 * 24 * 60 * 60_000;

const denied = (code: number, text: string) => new EntraError(400, 'invalid_grant', code, text);

/** Authorization codes and refresh tokens. */
export class UserGrants {
  readonly #clock: Clock;
  readonly #codes = new Map<string, Code>();
  readonly #refreshTokens = new Map<string, { session: UserSession; lastUsedAt: number; isRevoked: boolean }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issueCode(of: Omit<Code, 'issuedAt' | 'isUsed'>): string {
    const code = `1.${randomBytes(48).toString('base64url')}`;
    this.#codes.set(code, { ...of, issuedAt: this.#clock.now(), isUsed: false });
    return code;
  }

  redeemCode(value: string, by: { tenant: Tenant; appId: string; redirectUri: string; verifier: string }) {
    const code = this.#codes.get(value);
    if (code === undefined)
      throw denied(9002313, 'Invalid request. Request is malformed or invalid: the code is not one of this service.');
    const { session } = code;
    if (session.registration.appId !== by.appId)
      throw denied(700005, 'Provided Authorization Code is intended to use against other tenant or application.');
    if (session.tenant.id !== by.tenant.id)
      throw denied(700005, 'Provided Authorization Code is intended to use against other tenant, thus rejected.');
    if (code.isUsed)
      throw denied(54005, 'OAuth2 Authorization code was already redeemed, please retry with a new valid code.');
    if (code.issuedAt + codeLife < this.#clock.now())
      throw denied(70008, 'The provided authorization code or refresh token has expired due to inactivity.');
    if (code.redirectUri !== by.redirectUri)
      throw denied(
        500112,
        `The reply address '${by.redirectUri}' does not match the one of the authorization request.`,
      );
    if (createHash('sha256').update(by.verifier).digest('base64url') !== code.challenge)
      throw denied(
        501481,
        'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
      );
    code.isUsed = true;
    return { session, nonce: code.nonce };
  }

  issueRefreshToken(session: UserSession): string {
    const value = `1.${randomBytes(64).toString('base64url')}`;
    this.#refreshTokens.set(value, { session, lastUsedAt: this.#clock.now(), isRevoked: false });
    return value;
  }

  redeemRefreshToken(value: string, by: { tenant: Tenant; appId: string }): UserSession {
    const known = this.#refreshTokens.get(value);
    if (known === undefined || known.session.registration.appId !== by.appId)
      throw denied(
        9002313,
        'Invalid request. Request is malformed or invalid: the refresh token is not one of this app.',
      );
    if (known.session.tenant.id !== by.tenant.id)
      throw denied(700003, 'The refresh token was issued in another tenant and is not taken here.');
    if (known.isRevoked)
      throw denied(
        50173,
        'The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.',
      );
    if (known.lastUsedAt + refreshLife < this.#clock.now())
      throw denied(700082, 'The refresh token has expired due to inactivity.');
    known.lastUsedAt = this.#clock.now();
    return known.session;
  }

  /** What a changed password or "Revoke sessions" does. */
  revoke(personId: string): void {
    for (const token of this.#refreshTokens.values()) if (token.session.person.id === personId) token.isRevoked = true;
  }
}
