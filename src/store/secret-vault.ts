import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { ProblemError } from '../problems/problem.ts';
import type { Db } from './database.ts';
import { secrets } from './schema.ts';

export interface VaultKey {
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

const cipherName = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Secrets at rest: AES-256-GCM, bound to their row by the row's id as additional data, so that a ciphertext moved to
 * another row does not open. The first key encrypts; all of them decrypt.
 */
export class SecretVault {
  readonly #current: VaultKey;
  readonly #keys: ReadonlyMap<string, VaultKey>;

  constructor(keys: readonly VaultKey[]) {
    const current = keys[0];
    if (current === undefined) throw new Error('The secret vault needs at least one key');
    this.#current = current;
    this.#keys = new Map(keys.map((key) => [key.id, key]));
  }

  async put(tx: Db, plain: string | Buffer): Promise<string> {
    const id = randomUUID();
    await tx.insert(secrets).values({ id, ...this.#seal(id, plain) });
    return id;
  }

  async get(tx: Db, id: string): Promise<Buffer> {
    const [row] = await tx.select().from(secrets).where(eq(secrets.id, id));
    if (row === undefined) throw new ProblemError('vaultRowMissing');
    const key = this.#keys.get(row.keyId);
    if (key === undefined) throw new ProblemError('vaultKeyMissing', { detail: `The key's id is ${row.keyId}.` });
    return open(key.key, row);
  }

  /** Same id, new value, current key. */
  async replace(tx: Db, id: string, plain: string | Buffer): Promise<void> {
    const replaced = await tx
      .update(secrets)
      .set(this.#seal(id, plain))
      .where(eq(secrets.id, id))
      .returning({ id: secrets.id });
    if (replaced.length === 0) throw new ProblemError('vaultRowMissing');
  }

  async remove(tx: Db, id: string): Promise<void> {
    await tx.delete(secrets).where(eq(secrets.id, id));
  }

  #seal(id: string, plain: string | Buffer) {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(cipherName, this.#current.key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(id, 'utf8'));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { keyId: this.#current.id, nonce: nonce.toString('base64'), ciphertext: sealed.toString('base64') };
  }
}

function open(key: Buffer, row: { id: string; nonce: string; ciphertext: string }): Buffer {
  const sealed = Buffer.from(row.ciphertext, 'base64');
  const nonce = Buffer.from(row.nonce, 'base64');
  try {
    const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(row.id, 'utf8'));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new ProblemError('vaultRowDamaged', { cause });
  }
}
