import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Database } from '../../src/store/database.ts';
import { secrets } from '../../src/store/schema.ts';
import { SecretVault } from '../../src/store/secret-vault.ts';
import { openTestDatabase } from '../fakes/databases.ts';
import { problemOf } from '../fakes/problem-of.ts';

const oldKey = { id: 'old', key: randomBytes(32) };
const newKey = { id: 'new', key: randomBytes(32) };

describe('the secret vault', () => {
  let database: Database;
  const vault = new SecretVault([oldKey]);
  const row = async (id: string) => (await database.db.select().from(secrets).where(eq(secrets.id, id)))[0]!;

  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('gives back what was put in, text or bytes', async () => {
    const bytes = randomBytes(200);

    const textId = await vault.put(database.db, 'sécret');
    const bytesId = await vault.put(database.db, bytes);

    expect((await vault.get(database.db, textId)).toString('utf8')).toBe('sécret');
    expect(await vault.get(database.db, bytesId)).toEqual(bytes);
  });

  it('keeps nothing readable in the row and never the same bytes twice', async () => {
    const one = await row(await vault.put(database.db, 'the plain secret'));
    const two = await row(await vault.put(database.db, 'the plain secret'));

    const stored = Buffer.from(one.ciphertext, 'base64').toString('latin1') + JSON.stringify(one);
    expect(stored).not.toContain('the plain secret');
    expect(one.nonce).not.toBe(two.nonce);
    expect(one.ciphertext).not.toBe(two.ciphertext);
    expect(Buffer.from(one.nonce, 'base64')).toHaveLength(12);
  });

  it('opens old rows after a rotation and writes with the first key', async () => {
    const id = await vault.put(database.db, 'before');
    const rotated = new SecretVault([newKey, oldKey]);

    expect((await rotated.get(database.db, id)).toString()).toBe('before');
    await rotated.replace(database.db, id, 'after');

    expect((await row(id)).keyId).toBe('new');
    expect((await rotated.get(database.db, id)).toString()).toBe('after');
  });

  it('hashes a code so that only who has the key can tell whether it is one, also after a rotation', () => {
    const known = vault.codeHash('123456');

    expect(known).not.toBe(new SecretVault([newKey]).codeHash('123456'));
    expect(new SecretVault([newKey, oldKey]).isCodeHash(known, '123456')).toBe(true);
    expect(new SecretVault([newKey, oldKey]).isCodeHash(known, '123457')).toBe(false);
    expect(new SecretVault([newKey]).isCodeHash(known, '123456')).toBe(false);
    expect(vault.isCodeHash('', '123456')).toBe(false);
  });

  it('names the key that is not configured any more', async () => {
    const id = await vault.put(database.db, 'x');

    const found = await problemOf(new SecretVault([newKey]).get(database.db, id));

    expect(found).toMatchObject({ code: 'vaultKeyMissing', who: 'operator', detail: expect.stringContaining('old') });
  });

  it('does not open a row that was changed', async () => {
    const id = await vault.put(database.db, 'x');
    const sealed = Buffer.from((await row(id)).ciphertext, 'base64');
    sealed[0]! ^= 1;
    await database.db
      .update(secrets)
      .set({ ciphertext: sealed.toString('base64') })
      .where(eq(secrets.id, id));

    expect((await problemOf(vault.get(database.db, id))).code).toBe('vaultRowDamaged');
  });

  it('does not open a ciphertext that was moved to another row', async () => {
    const mine = await row(await vault.put(database.db, 'mine'));
    const other = await vault.put(database.db, 'other');
    await database.db
      .update(secrets)
      .set({ nonce: mine.nonce, ciphertext: mine.ciphertext })
      .where(eq(secrets.id, other));

    expect((await problemOf(vault.get(database.db, other))).code).toBe('vaultRowDamaged');
  });

  it('does not open a row whose key was replaced under the same name', async () => {
    const id = await vault.put(database.db, 'x');

    const found = await problemOf(new SecretVault([{ ...newKey, id: 'old' }]).get(database.db, id));

    expect(found.code).toBe('vaultRowDamaged');
  });

  it('reports a truncated row', async () => {
    const id = await vault.put(database.db, 'x');
    await database.db.update(secrets).set({ ciphertext: 'AAAA' }).where(eq(secrets.id, id));

    expect((await problemOf(vault.get(database.db, id))).code).toBe('vaultRowDamaged');
  });

  it('forgets what was removed', async () => {
    const id = await vault.put(database.db, 'x');

    await vault.remove(database.db, id);

    expect((await problemOf(vault.get(database.db, id))).code).toBe('vaultRowMissing');
    expect((await problemOf(vault.replace(database.db, id, 'y'))).code).toBe('vaultRowMissing');
  });

  describe('when its key is changed', () => {
    const rotated = new SecretVault([newKey, oldKey]);
    const keyIds = async () => new Set((await database.db.select().from(secrets)).map(({ keyId }) => keyId));

    it('encrypts everything anew, batch by batch, under the same ids', async () => {
      await database.db.delete(secrets);
      const ids = await Promise.all(['one', 'two', 'three'].map((plain) => vault.put(database.db, plain)));

      const batches = [await rotated.rotate(database.db, 2), await rotated.rotate(database.db, 2)];

      expect(batches).toEqual([2, 1]);
      expect(await rotated.rotate(database.db, 2)).toBe(0);
      expect(await keyIds()).toEqual(new Set(['new']));
      const alone = new SecretVault([newKey]);
      const plain = await Promise.all(ids.map(async (id) => (await alone.get(database.db, id)).toString('utf8')));
      expect(plain).toEqual(['one', 'two', 'three']);
    });

    it('leaves what is encrypted with a key it does not have, and says with which', async () => {
      await database.db.delete(secrets);
      const lost = await new SecretVault([{ id: 'lost', key: randomBytes(32) }]).put(database.db, 'x');

      expect(await rotated.rotate(database.db)).toBe(0);
      expect(await rotated.unreadable(database.db)).toEqual([{ keyId: 'lost', count: 1 }]);
      expect(await problemOf(rotated.get(database.db, lost))).toMatchObject({
        code: 'vaultKeyMissing',
        detail: expect.stringContaining('lost'),
      });
    });
  });
});
