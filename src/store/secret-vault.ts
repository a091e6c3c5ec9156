import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto';
import { and, eq, inArray, notInArray, sql } from 'drizzle-orm';
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

  /**
   * Encrypts anew what an older key of this vault encrypted, some rows at a time; nothing is left when it returns 0. A row
   * that somebody replaces meanwhile keeps its new value, and processes that know both keys read on through it.
   */
  async rotate(db: Db, most = 100): Promise<number> {
    const older = [...this.#keys.keys()].filter((id) => id !== this.#current.id);
    if (older.length === 0) return 0;
    return db.transaction(async (tx) => {
      const rows = await tx
        .select()
        .from(secrets)
        .where(inArray(secrets.keyId, older))
        .limit(most)
        .for('update', { skipLocked: true });
      for (const row of rows) {
        const key = this.#keys.get(row.keyId);
        if (key === undefined) continue;
        const same = and(eq(secrets.id, row.id), eq(secrets.ciphertext, row.ciphertext));
        await tx
          .update(secrets)
          .set(this.#seal(row.id, open(key.key, row)))
          .where(same);
      }
      return rows.length;
    });
  }

  /** Secrets whose key this vault does not have. */
  unreadable(db: Db): Promise<{ keyId: string; count: number }[]> {
    return db
      .select({ keyId: secrets.keyId, count: sql<number>`count(*)::int` })
      .from(secrets)
      .where(notInArray(secrets.keyId, [...this.#keys.keys()]))
      .groupBy(secrets.keyId);
  }

  /** For a code too short for a plain hash: whoever has the store and no key of this vault cannot find it by trying. */
  codeHash(text: string): string {
    return hashWith(this.#current.key, text);
  }

  /** With any key, so that a code outlives a rotation. */
  isCodeHash(known: string, text: string): boolean {
    const given = Buffer.from(known);
    return [...this.#keys.values()].some(({ key }) => {
      const own = Buffer.from(hashWith(key, text));
      return own.length === given.length && timingSafeEqual(own, given);
    });
  }

  #seal(id: string, plain: string | Buffer) {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(cipherName, this.#current.key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(id, 'utf8'));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { keyId: this.#current.id, nonce: nonce.toString('base64'), ciphertext: sealed.toString('base64') };
  }
}

/** A key of its own for each use: https://www.rfc-editor.org/rfc/rfc5869#section-3.2 */
function hashWith(key: Buffer, text: string): string {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'code hashes', 32));
  return createHmac('sha256', derived).update(text).digest('hex');
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
