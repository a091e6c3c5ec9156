import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { botEnvironment } from '../../demo/launcher/bot.ts';
import { bareEnvironment, isReady, startChild } from '../../demo/launcher/child.ts';
import { emptyDataFolder } from '../../demo/launcher/data-folder.ts';
import { complaintsAboutPorts } from '../../demo/launcher/free-ports.ts';
import { playgroundConfig, playgroundReadiness, startPlayground } from '../../demo/launcher/playground.ts';
import { DemoSettingError, portSettings, readPorts } from '../../demo/launcher/settings.ts';
import { makeDirectory, personIds, tenantIds } from '../../demo/tenants.ts';
import { readConfig } from '../../src/config.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launcher-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const listenOn = (port = 0) =>
  new Promise<Server>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const freePort = async () => {
  const server = await listenOn();
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const until = async (condition: () => boolean | Promise<boolean>) => {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('Waited in vain.');
    await wait(20);
  }
};
const people = makeDirectory({ now: Date.now() }).people;

describe('ports of the demo', () => {
  it('are the usual ones unless a variable says otherwise', () => {
    expect(readPorts({})).toEqual({
      bot: 3978,
      playground: 56150,
      portal: 7440,
      login: 7443,
      graph: 7444,
      storage: 7445,
    });
    expect(readPorts({ DEMO_PORTAL_PORT: '8000', DEMO_BOT_PORT: '' })).toMatchObject({ portal: 8000, bot: 3978 });
  });

  it.each([
    ['no number', { DEMO_BOT_PORT: 'abc' }, 'DEMO_BOT_PORT'],
    ['out of range', { DEMO_GRAPH_PORT: '70000' }, 'DEMO_GRAPH_PORT'],
    ['given twice', { DEMO_LOGIN_PORT: '7444' }, 'Port 7444'],
  ])('are refused when they are %s', (_what, env, words) => {
    expect(() => readPorts(env)).toThrow(DemoSettingError);
    expect(() => readPorts(env)).toThrow(words);
  });

  it('are complained about when somebody has them, with the variable that helps', async () => {
    const ports = readPorts({});
    for (const name of Object.keys(portSettings) as (keyof typeof ports)[]) ports[name] = await freePort();
    const taken = await listenOn(ports.graph);
    const complaints = await complaintsAboutPorts(ports);
    await new Promise((resolve) => taken.close(resolve));
    expect(complaints).toEqual([
      expect.stringMatching(new RegExp(`Port ${ports.graph}.*taken.*DEMO_GRAPH_PORT=\\d+ npm run demo`)),
    ]);
    expect(await complaintsAboutPorts(ports)).toEqual([]);
  });
});

describe('the demo’s folder', () => {
  it('is emptied when it is new, empty or of a former demo', async () => {
    const own = join(folder, 'own');
    await emptyDataFolder(own);
    await writeFile(join(own, 'old'), '');
    await emptyDataFolder(own);
    expect(await readdir(own)).not.toContain('old');
    expect((await stat(own)).mode & 0o777).toBe(0o700);
  });

  it('is left alone when it holds anything else', async () => {
    const other = join(folder, 'other');
    await mkdir(other);
    await writeFile(join(other, 'letter'), '');
    await expect(emptyDataFolder(other)).rejects.toThrow('not the demo’s');
    expect(await readdir(other)).toEqual(['letter']);
  });
});

describe('a child of the demo', () => {
  const script = async (name: string, text: string) => {
    const file = join(folder, name);
    await writeFile(file, text);
    return file;
  };
  const start = (file: string, more: { patience?: number } = {}) =>
    startChild({ name: 'a child', args: [file], env: bareEnvironment(), cwd: folder, logFile: `${file}.log`, ...more });

  it('writes to its own log, which is for its owner only, and its end is seen', async () => {
    const child = await start(await script('ends.mjs', 'console.log("one\\ntwo"); process.exit(3)'));
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(await child.lastLines(1)).toBe('two');
    expect((await stat(join(folder, 'ends.mjs.log'))).mode & 0o777).toBe(0o600);
    expect(await isReady(child, 'http://127.0.0.1:1/', 5_000)).toBe(false);
  });

  it('gets nothing of the caller’s environment but the bare necessities', async () => {
    process.env.MICROSOFT_APP_ID_OF_SOMEBODY = 'x';
    const child = await start(await script('env.mjs', 'console.log(Object.keys(process.env).join())'));
    await child.exited;
    delete process.env.MICROSOFT_APP_ID_OF_SOMEBODY;
    expect(await child.lastLines(1)).not.toContain('MICROSOFT_APP_ID_OF_SOMEBODY');
  });

  it('is asked to end, and is ended when it does not', async () => {
    const polite = await start(await script('polite.mjs', 'setInterval(() => {}, 1000); console.log("up")'));
    await until(async () => (await polite.lastLines(1)) === 'up');
    await polite.stop();
    expect(await polite.exited).toEqual({ code: null, signal: 'SIGTERM' });
    const deaf = await start(
      await script('deaf.mjs', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'),
      { patience: 200 },
    );
    await until(async () => (await deaf.lastLines(1)) === 'up');
    await deaf.stop();
    expect(await deaf.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await deaf.stop();
  });

  it('ends when the launcher is gone without a word', async () => {
    const child = await script('sleeper.mjs', 'setInterval(() => {}, 1000)');
    const launcher = await script(
      'launcher.mjs',
      `import { startChild } from ${JSON.stringify(new URL('../../demo/launcher/child.ts', import.meta.url).href)};
       const child = await startChild({ name: 'x', args: [${JSON.stringify(child)}], env: {}, cwd: ${JSON.stringify(folder)}, logFile: ${JSON.stringify(join(folder, 'x.log'))} });
       process.stdout.write(String(child.pid) + '\\n'); setInterval(() => {}, 1000);`,
    );
    const parent = spawn(process.execPath, [launcher], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await Promise.race([
      new Promise<string[]>((resolve) => parent.stdout.once('data', (data: Buffer) => resolve([data.toString()]))),
      wait(10_000, [''], { ref: false }),
    ]);
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });
});

describe('the bot’s settings', () => {
  const options = {
    port: 3978,
    playgroundPort: 56150,
    folder: '/demo',
    cloud: {
      loginUrl: 'https://localhost:7443',
      graphUrl: 'https://localhost:7444',
      portalUrl: 'http://127.0.0.1:7440',
      identityUrl: 'http://127.0.0.1:7446',
      keyVaultUrl: 'https://localhost:7447',
      storageHost: 'localhost:7445',
      caPem: '',
      tenants: { tenants: [], registrations: [], people: [] },
    },
  };

  it('are taken by the bot', async () => {
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, 'PEM');
    const managedApps = join(folder, 'managed-apps.json');
    await writeFile(managedApps, '[]');
    const env = botEnvironment(options, { ca, managedApps, vaultKey: `demo:${Buffer.alloc(32).toString('base64')}` });
    expect(readConfig(env)).toMatchObject({
      demo: true,
      http: { host: '127.0.0.1', port: 3978, publicUrl: 'http://127.0.0.1:3978' },
      allowedHomeTenants: [tenantIds.contoso],
      administrators: expect.arrayContaining([{ homeTenantId: tenantIds.contoso, objectId: personIds.alex }]),
      packageHosts: ['127.0.0.1:7440'],
      customCloud: {
        label: 'Local cloud (demo)',
        loginUrl: 'https://localhost:7443',
        storageHosts: ['localhost:7445'],
        ca: 'PEM',
      },
    });
  });
});

describe('the Playground', () => {
  it('is told about the demo’s people', () => {
    const config = playgroundConfig({ tenantId: tenantIds.contoso, people });
    expect(config.currentUser).toMatchObject({ name: 'Alex Wilber', aadObjectId: personIds.alex });
    expect(config.users).toHaveLength(5);
    expect(() => playgroundConfig({ tenantId: tenantIds.contoso, people: people.slice(1) })).toThrow('six people');
  });

  it('starts with that configuration, on loopback only, and ends', async () => {
    const port = await freePort();
    const asked: string[] = [];
    const bot = createHttpServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end();
    });
    await new Promise<void>((resolve) => bot.listen(0, '127.0.0.1', resolve));
    const botUrl = `http://127.0.0.1:${portOf(bot)}`;
    const child = await startPlayground({ port, botUrl, tenantId: tenantIds.contoso, people, folder });
    try {
      const readiness = playgroundReadiness(`http://127.0.0.1:${port}`);
      expect(await isReady(child, readiness, 15_000)).toBe(true);
      expect(await (await fetch(readiness)).text()).toContain('Megan Bowen');
      expect(asked).toContain('HEAD /api/messages');
      const outside = Object.values(networkInterfaces())
        .flat()
        .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
      if (outside !== undefined) await expect(fetch(`http://${outside}:${port}/`)).rejects.toThrow();
    } finally {
      await child.stop();
      bot.closeAllConnections();
      bot.close();
    }
    expect(isAlive(child.pid)).toBe(false);
  });

  it('says why it does not start', async () => {
    const port = await freePort();
    const six = people.map((person) => ({ ...person, id: 'same' }));
    const child = await startPlayground({ port, botUrl: 'http://127.0.0.1:9', tenantId: 'x', people: six, folder });
    expect((await child.exited).code).toBe(1);
    expect(await child.lastLines(12)).toContain('User ID must be unique');
  });
});

it('the command names a taken port and ends', async () => {
  const taken = await listenOn();
  const main = fileURLToPath(new URL('../../demo/main.ts', import.meta.url));
  const data = join(folder, 'demo');
  const env = { ...bareEnvironment(), DEMO_BOT_PORT: String(portOf(taken)), DEMO_DATA_DIR: data };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (part: Buffer) => {
    words += part.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  await new Promise((resolve) => taken.close(resolve));
  expect(code).toBe(1);
  expect(words).toContain(`Port ${env.DEMO_BOT_PORT}, wanted for the bot, is taken`);
  await expect(readFile(join(data, 'bot.log'))).rejects.toThrow();
});
