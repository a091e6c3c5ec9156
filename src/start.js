import module from 'node:module';
import { resolveDrizzleOnce } from './drizzle-resolution.js';

// Plain JavaScript on purpose: an older Node cannot read TypeScript and would fail without saying why.
const oldest = 24;
const roots = {
  main: './main.ts',
  worker: './worker.ts',
  migrate: './migrate.ts',
  'vault-rotate': './vault-rotate.ts',
};

if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(
    `Quartermaster does not start. Node ${process.versions.node} is too old: it needs Node ${oldest} or later (after npm ci, node_modules/.bin/node is one).\n`,
  );
  process.exit(1);
}

const root = roots[process.argv[2] ?? 'main'];
if (root === undefined) {
  process.stderr.write(`Start one of: ${Object.keys(roots).join(', ')}.\n`);
  process.exit(2);
}
resolveDrizzleOnce();
// Compiled code is kept from one start to the next: about a fifth of a second of a start is compiling.
module.enableCompileCache();
await import(root);
