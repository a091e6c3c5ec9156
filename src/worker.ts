import { compose } from './compose.ts';
import { readConfig } from './config.ts';
import { createLog } from './log.ts';
import { onTermination, stopWithWords } from './process.ts';
import { openDatabase } from './store/database.ts';

/** Publish jobs alone: no port, no turns. Its news leaves through the same outbox. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  if (config.databaseUrl === undefined)
    throw new Error(
      'DATABASE_URL: is missing. The embedded database serves one process; a separate worker needs PostgreSQL.',
    );
  const log = createLog({ level: config.logLevel });
  const database = openDatabase(config);
  const parts = await compose(config, database, log);
  database.queue.on('error', (error) => log.error({ err: error }, 'the queue reported an error'));
  await database.queue.start();
  await parts.connections.prepare();
  await parts.jobs.work(config.jobConcurrency);
  parts.bot.start();
  log.info({ concurrency: config.jobConcurrency }, 'The worker is ready');

  onTermination(log, async () => {
    await parts.jobs.drain();
    await database.queue.stop({ graceful: true, timeout: 10_000 });
    await parts.bot.drain();
    await parts.close();
    await database.close();
  });
}

main().catch(stopWithWords);
