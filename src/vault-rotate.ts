import { ConfigError, readConfig } from './config.ts';
import { openDatabase } from './store/database.ts';
import { SecretVault } from './store/secret-vault.ts';

/** Encrypts what older keys encrypted with the current one, while the service runs. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const [current] = config.vaultKeys;
  const database = openDatabase(config);
  const vault = new SecretVault(config.vaultKeys);
  try {
    await database.migrate();
    let rotated = 0;
    for (let batch = await vault.rotate(database.db); batch > 0; batch = await vault.rotate(database.db))
      rotated += batch;
    process.stdout.write(`${rotated} secrets are now encrypted with the key ${current?.id}.\n`);
    const unreadable = await vault.unreadable(database.db);
    if (unreadable.length === 0) return;
    const told = unreadable.map(({ keyId, count }) => `${keyId} (${count} secrets)`).join(', ');
    throw new ConfigError('QM_VAULT_KEYS', `lacks keys that stored secrets were encrypted with: ${told}`);
  } finally {
    await database.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `The rotation failed: ${String(error)}\n`);
  process.exit(1);
});
