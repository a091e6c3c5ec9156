import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { startBot } from './launcher/bot.ts';
import { type Child, isReady, pathOf } from './launcher/child.ts';
import { emptyDataFolder } from './launcher/data-folder.ts';
import { complaintsAboutPorts } from './launcher/free-ports.ts';
import { playgroundReadiness, startPlayground } from './launcher/playground.ts';
import { DemoSettingError, readPorts } from './launcher/settings.ts';
import { type LocalCloud, startLocalCloud } from './local-cloud.ts';
import { tenantIds } from './tenants.ts';

const say = (text: string) => process.stdout.write(`${text}\n`);
const folder = resolve(process.env.DEMO_DATA_DIR || pathOf('data/demo'));
const sample = 'ApiDemos-debug.apk';
const botPatience = 75_000;
const playgroundPatience = 30_000;

const children: Child[] = [];
let cloud: LocalCloud | undefined;
let ending: Promise<void> | undefined;
let endingSince = 0;

/** Ends everything once, whatever asked for it. */
function end(code: number): Promise<void> {
  ending ??= (async () => {
    await Promise.allSettled(children.map((child) => child.stop()));
    await cloud?.stop().catch(() => {});
    process.exit(code);
  })();
  return ending;
}

async function fail(text: string): Promise<void> {
  if (ending) return;
  process.stderr.write(`${text}\n`);
  await end(1);
}

/** Remembers a child, so that its death ends the demo. */
function keep(child: Child): Child {
  children.push(child);
  void child.exited.then(async ({ code, signal }) => {
    if (ending) return;
    const how = code === null ? `was ended by ${signal ?? 'the system'}` : `ended with code ${code}`;
    const log = await child.lastLines(12);
    await fail(`\nThe demo stops because ${child.name} ${how}. The end of its log:\n${log}`);
  });
  return child;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (ending === undefined) {
      if (signal === 'SIGINT') say('\nEnding the demo …');
      endingSince = Date.now();
      void end(0);
      return;
    }
    // npm passes Ctrl-C on a second time by itself; who presses it again later does not want to wait. The children
    // notice that the launcher is gone.
    if (signal === 'SIGINT' && Date.now() - endingSince > 1_000) process.exit(130);
  });
}

async function isUp(child: Child, url: string, patience: number): Promise<boolean> {
  if ((await isReady(child, url, patience)) || ending) return !ending;
  const log = await child.lastLines(12);
  await fail(`The demo stops because ${child.name} did not get ready. The end of its log:\n${log}`);
  return false;
}

async function main(): Promise<void> {
  const ports = readPorts(process.env);
  const complaints = await complaintsAboutPorts(ports);
  if (complaints.length > 0) return fail(complaints.join('\n'));

  say('Starting the local cloud, the bot and the Playground …');
  await emptyDataFolder(folder);
  const botUrl = `http://127.0.0.1:${ports.bot}`;
  const playgroundUrl = `http://127.0.0.1:${ports.playground}`;
  const packages = dirname(createRequire(import.meta.url).resolve('android-apidemos/package.json'));
  cloud = await startLocalCloud({
    ports,
    pace: 'lifelike',
    storage: 'azurite',
    redirectUris: [`${botUrl}/consent/callback`, `${botUrl}/signin/callback`],
    packages: { [sample]: join(packages, 'apks', sample) },
    chatUrl: playgroundUrl,
  });
  const bot = keep(await startBot({ port: ports.bot, playgroundPort: ports.playground, folder, cloud }));
  if (!(await isUp(bot, `${botUrl}/readyz`, botPatience))) return;
  // After the bot: the Playground looks for it once, and warns in the chat when it is not there yet.
  const playground = keep(
    await startPlayground({
      port: ports.playground,
      botUrl,
      tenantId: tenantIds.contoso,
      people: cloud.tenants.people,
      folder,
    }),
  );
  if (!(await isUp(playground, playgroundReadiness(playgroundUrl), playgroundPatience))) return;

  say(`
Quartermaster’s demo runs. No account and no internet are needed.

  Chat (Teams Playground)   ${playgroundUrl}
  Local cloud               ${cloud.portalUrl}   what “Intune” holds, credentials to paste, people, faults
  Bot                       ${botUrl}

What to try
  1. Open the chat and write: connect
     The page of the local cloud has the values for the form.
  2. Write: publish ${cloud.portalUrl}/packages/${sample}
     Then look at the page of the local cloud.
  3. Switch a fault on there, and publish again.

Logs are in ${folder}. Ctrl-C ends everything.`);
}

main().catch((error: unknown) => {
  const text = error instanceof DemoSettingError ? error.message : `The demo does not start. ${String(error)}`;
  void fail(text);
});
