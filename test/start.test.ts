import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const start = fileURLToPath(new URL('../src/start.js', import.meta.url));

const run = (args: string[], options: { node?: string; env?: Record<string, string> } = {}) =>
  spawnSync(
    process.execPath,
    [
      ...(options.node === undefined
        ? []
        : [
            '--import',
            `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'${options.node}'}})`,
          ]),
      start,
      ...args,
    ],
    { encoding: 'utf8', env: { PATH: process.env.PATH ?? '', ...options.env } },
  );

it('says so and stops on an older Node', () => {
  const { status, stderr } = run(['main'], { node: '20.20.2' });

  expect(status).toBe(1);
  expect(stderr).toBe(
    'Quartermaster does not start. Node 20.20.2 is too old: it needs Node 24 or later (after npm ci, node_modules/.bin/node is one).\n',
  );
});

it('stops with one line that names the variable and what is wrong with it', () => {
  const { status, stderr } = run(['main'], { env: { QM_VAULT_KEYS: 'k1:c2hvcnQ=' } });

  expect(status).toBe(1);
  expect(stderr).toBe(
    'Quartermaster does not start. QM_VAULT_KEYS: key "k1" has 5 bytes, 32 are needed (openssl rand -base64 32)\n',
  );
});

it('refuses to start without an app id outside the demo', () => {
  const { stderr } = run(['main'], { env: { QM_VAULT_KEYS: `k1:${'A'.repeat(43)}=` } });

  expect(stderr).toMatch(/^Quartermaster does not start\. MICROSOFT_APP_ID: is missing/);
});

it('knows what it can start', () => {
  expect(run(['everything'])).toMatchObject({
    status: 2,
    stderr: 'Start one of: main, worker, migrate, vault-rotate.\n',
  });
});
