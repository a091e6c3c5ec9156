import { createSign, generateKeyPairSync } from 'node:crypto';
import { registration } from './cast.ts';

const keyId = 'bench-key';

/** Signs for Teams, and publishes the key as Teams' token service does, with the channels it is endorsed for. */
export function createChannelIssuer() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    jwks: {
      keys: [
        {
          ...publicKey.export({ format: 'jwk' }),
          use: 'sig',
          alg: 'RS256',
          kid: keyId,
          endorsements: [registration.channelId],
        },
      ],
    },
    /** For an hour, as Teams' own. */
    tokenFor(serviceUrl: string): string {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: registration.issuer,
        aud: registration.appId,
        serviceurl: serviceUrl,
        nbf: now - 60,
        iat: now - 60,
        exp: now + 3600,
      };
      const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: keyId, x5t: keyId })}.${part(claims)}`;
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
    },
  };
}
