import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { errors, exportJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';

/** The key with which the local Entra signs tokens, and with which the local Graph verifies them. */
export class TokenKeys {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #id: string;

  private constructor(privateKey: KeyObject, publicKey: KeyObject) {
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
    this.#id = createHash('sha1')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64url');
  }

  static async make(): Promise<TokenKeys> {
    const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    return new TokenKeys(privateKey, publicKey);
  }

  get publicKey(): KeyObject {
    return this.#publicKey;
  }

  sign(claims: JWTPayload): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: this.#id, x5t: this.#id })
      .sign(this.#privateKey);
  }

  async verify(
    token: string,
    audiences: string[],
    now: number,
  ): Promise<JWTPayload | 'expired' | 'audience' | 'invalid'> {
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, {
        algorithms: ['RS256'],
        audience: audiences,
        currentDate: new Date(now),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'expired';
      if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') return 'audience';
      return 'invalid';
    }
  }

  async published(): Promise<JWK> {
    return { ...(await exportJWK(this.#publicKey)), kid: this.#id, x5t: this.#id, use: 'sig', alg: 'RS256' };
  }
}
