import { existsSync, readFileSync } from 'node:fs';
import { openFileSource } from '../../../src/packages/file-source.ts';
import { readForPublishing } from '../../../src/packages/read-package.ts';

/**
 * Run by itself: `read-and-measure.ts SMALL LARGE`. Reads a small package first, so that code and libraries are loaded, and
 * then prints by how many MiB the process has grown at most while it read the other.
 */
const [small = '', large = ''] = process.argv.slice(2);

async function read(path: string): Promise<string> {
  const source = await openFileSource(path);
  try {
    return (await readForPublishing(source, path)).format;
  } catch (error) {
    return error instanceof Error ? error.message : 'refused';
  } finally {
    await source.close();
  }
}

/** KiB. What Linux tells a process of its peak counts the process that started it; its own stands elsewhere. */
function peak(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /VmHWM:\s*(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined;
  return own === undefined ? process.resourceUsage().maxRSS : Number(own);
}

await read(small);
globalThis.gc?.();
const start = process.memoryUsage.rss() / 1024;
const said = await read(large);
const grown = (peak() - start) / 1024;
process.stdout.write(JSON.stringify({ grown, said }));
