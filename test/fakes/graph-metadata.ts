import { existsSync } from 'node:fs';

type Validate = (version: string, method: string, path: string, body?: unknown) => string[];

/** Checks a request against Graph's metadata, which lies outside the repository; null where it is not there. */
export async function loadGraphValidator({ quiet = false } = {}): Promise<Validate | null> {
  const file = new URL('../../../shared/graph/validate.mjs', import.meta.url);
  if (!existsSync(file)) {
    if (!quiet) process.stderr.write("Graph's metadata is not here: request bodies are not checked against it.\n");
    return null;
  }
  const { validate } = (await import(file.href)) as { validate: Validate };
  return validate;
}
