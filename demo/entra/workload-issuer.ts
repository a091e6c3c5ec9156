import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { SignJWT } from 'jose';

export interface WorkloadToken {
  subject: string;
  audience: string;
  /** Epoch milliseconds. */
  now: number;
  lifetimeSeconds?: number;
}

/** An identity provider beside Entra, such as a cluster that gives its workloads tokens. */
export class WorkloadIssuer {
  readonly url = 'https://cluster.contoso.example/oidc';
  readonly publicKey: KeyObject;
  readonly #privateKey: KeyObject;

  private constructor(privateKey: KeyObject, publicKey: KeyObject) {
    this.#privateKey = privateKey;
    this.publicKey = publicKey;
  }

  static async make(): Promise<WorkloadIssuer> {
    const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    return new WorkloadIssuer(privateKey, publicKey);
  }

  token({ subject, audience, now, lifetimeSeconds = 3600 }: WorkloadToken): Promise<string> {
    const seconds = Math.floor(now / 1000);
    return new SignJWT({})
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: 'cluster-1' })
      .setIssuer(this.url)
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt(seconds)
      .setNotBefore(seconds)
      .setExpirationTime(seconds + lifetimeSeconds)
      .sign(this.#privateKey);
  }
}
