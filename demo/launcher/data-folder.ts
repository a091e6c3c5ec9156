import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DemoSettingError } from './settings.ts';

const marker = '.quartermaster-demo';

/**
 * Empties the demo's folder: the local cloud forgets everything when it ends, so what the bot remembered of it goes too.
 * A folder that holds anything else than a former demo is left alone.
 */
export async function emptyDataFolder(folder: string): Promise<void> {
  const held: string[] = await readdir(folder).catch(() => []);
  if (held.length > 0 && !held.includes(marker))
    throw new DemoSettingError(
      `The folder ${folder} holds files that are not the demo’s. The demo empties its folder when it starts: name another one in DEMO_DATA_DIR.`,
    );
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, marker), '');
}
