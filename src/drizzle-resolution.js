import module from 'node:module';

const folder = new URL('../node_modules/drizzle-orm/', import.meta.url).href;

/**
 * Node parses the `exports` of a package anew whenever it looks at its package.json: once for each file of the package, once
 * for each import of it. drizzle-orm's are 130 KB, which is half a second of a start. Its files are all modules and name each
 * other with their ending, so between them there is nothing to look up, and from outside once is enough.
 */
export function resolveDrizzleOnce() {
  const entries = new Map();
  module.registerHooks({
    resolve(specifier, context, next) {
      const parent = context.parentURL ?? '';
      if (specifier.startsWith('.') && parent.startsWith(folder) && parent.endsWith('.js'))
        return { url: new URL(specifier, parent).href, format: 'module', shortCircuit: true };
      const isEntry = /^drizzle-orm(\/|$)/.test(specifier) && context.conditions.includes('import');
      // Another package may have a drizzle-orm of its own.
      if (!isEntry || parent.includes('/node_modules/')) return next(specifier, context);
      const found = entries.get(specifier) ?? { ...next(specifier, context), shortCircuit: true };
      entries.set(specifier, found);
      return found;
    },
  });
}
