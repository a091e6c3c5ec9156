import { readConfig } from './config.ts';
import { createLog } from './log.ts';
import { onTermination, stopWithWords } from './process.ts';
import { startService } from './service.ts';
import { openDatabase } from './store/database.ts';

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel });
  const database = openDatabase(config);
  const service = await startService(config, database, log);
  onTermination(log, async () => {
    await service.drain();
    await database.close();
  });
}

main().catch(stopWithWords);
