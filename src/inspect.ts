import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ByteSource } from './packages/byte-source.ts';
import { openFileSource } from './packages/file-source.ts';
import type { PackageFacts } from './packages/package-facts.ts';
import { readPackage } from './packages/read-package.ts';
import { ProblemError } from './problems/problem.ts';

/** Without a byte for this long, the file is not going to be read. */
const longestStall = 10_000;
const unusable = 2;

async function inspect(path: string): Promise<object> {
  const source = await openFileSource(path);
  try {
    const facts = await readPackage(source, basename(path));
    return describe(facts, await digest(source));
  } finally {
    await source.close();
  }
}

function describe(facts: PackageFacts, sha256: string): object {
  const { icon, warnings, details, ...rest } = facts;
  const shownIcon =
    icon === null
      ? null
      : { mimeType: icon.mimeType, width: icon.width, height: icon.height, bytes: icon.bytes.length };
  return { ...rest, sha256, icon: shownIcon, warnings, details };
}

async function digest(source: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new ProblemError('packageTooSlow')), longestStall);
  try {
    await pipeline(
      source.stream(0, stalled.signal),
      async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          hash.update(chunk);
          timer.refresh();
        }
      },
      { signal: stalled.signal },
    );
  } finally {
    clearTimeout(timer);
  }
  return hash.digest('hex');
}

function oneLine(error: unknown): string {
  if (error instanceof ProblemError) return `${error.message} ${error.problem.remedy}`;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'There is no such file.';
  if (code === 'EACCES' || code === 'EPERM') return 'The file may not be read by this user.';
  if (code === 'EISDIR') return 'That is a folder, not a file.';
  return error instanceof Error && code === undefined ? error.message : `The file cannot be read (${code}).`;
}

const [path] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write('Name a file: npm run --silent inspect -- FILE\n');
  process.exitCode = unusable;
} else {
  try {
    process.stdout.write(`${JSON.stringify(await inspect(path), null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`${oneLine(error).replace(/\s+/g, ' ')}\n`);
    process.exitCode = unusable;
  }
}
