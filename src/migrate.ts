import { ConfigError, readConfig } from './config.ts';
import { openDatabase } from './store/database.ts';

/** Brings the database to this version's schema, for deployments that do it before the service starts. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const database = openDatabase(config);
  try {
    await database.migrate();
    process.stdout.write(`The ${database.kind} database is up to date.\n`);
  } finally {
    await database.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(
    error instanceof ConfigError ? `${error.message}\n` : `The migration failed: ${String(error)}\n`,
  );
  process.exit(1);
});
