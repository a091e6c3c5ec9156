import { randomBytes } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { secrets } from '../../src/store/schema.ts';
import { SecretVault } from '../../src/store/secret-vault.ts';
import { problemOf } from '../fakes/problem-of.ts';

const oldKey = { id: 'old', key: randomBytes(32) };
const newKey = { id: 'new', key: randomBytes(32) };

describe('the secret vault', () => {
  let database: Database;
  const vault = new SecretVault([oldKey]);
  const row = async (id: string) => (await database.db.select().from(secrets).where(eq(secrets.id, id)))[0]!;

  beforeAll(async () => {
    database = openDatabase({ dataDir: 'memory://' });
    await database.migrate();
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
});
