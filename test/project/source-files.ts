import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

const root = new URL('../../', import.meta.url);
const leftOut = /(^|\/)(node_modules|dist|data|coverage|devTools|migrations|__snapshots__)\//;

export interface SourceFile {
  /** From the project's root: `src/bot/adapter.ts`. */
  path: string;
  text: string;
}

/** The project's own files of these kinds, in a folder or a single file of the root. */
export function filesIn(folders: readonly string[], kinds: RegExp): SourceFile[] {
  return folders
    .flatMap((folder) => {
      if (!existsSync(new URL(folder, root))) return [];
      if (!folder.endsWith('/')) return [folder];
      return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}${name}`,
      );
    })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => kinds.test(path) && !leftOut.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(new URL(path, root), 'utf8') }));
}

export interface Import {
  from: string;
  /** A path from the root for a file of the project, otherwise the specifier as written. */
  to: string;
  typeOnly: boolean;
}

const importStatement = /^\s*(?:import|export)\s+(type\s+)?(?:([\w$*{][^'";]*?)\s+from\s+)?['"]([^'"]+)['"]/gm;
const importCall = /\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;

export function importsOf(file: SourceFile): Import[] {
  const resolve = (specifier: string) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(file.path), specifier) : specifier;
  const written = [...file.text.matchAll(importStatement)].map(([, type, names, specifier = '']) => ({
    from: file.path,
    to: resolve(specifier),
    typeOnly: type !== undefined || onlyTypes(names),
  }));
  const called = [...file.text.matchAll(importCall)].map(([, specifier = '']) => ({
    from: file.path,
    to: resolve(specifier),
    typeOnly: false,
  }));
  return [...written, ...called];
}

/** `{ type A, type B }` leaves nothing behind at run time that matters here. */
function onlyTypes(names: string | undefined): boolean {
  const inner = names?.match(/^\{([^}]*)\}$/)?.[1];
  if (inner === undefined) return false;
  const parts = inner
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  return parts.length > 0 && parts.every((part) => part.startsWith('type '));
}
