import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Person } from '../tenants.ts';
import { bareEnvironment, type Child, startChild } from './child.ts';

export interface PlaygroundOptions {
  port: number;
  /** Where the bot takes messages. */
  botUrl: string;
  tenantId: string;
  /** The first one is the person who writes; the Playground wants exactly five others. */
  people: readonly Person[];
  folder: string;
}

const user = (person: Person) => ({
  // Teams finds a member by either id, the Playground by this one alone.
  id: person.id,
  name: person.displayName,
  // The Playground spells it so.
  userPrincipleName: person.userPrincipalName,
  aadObjectId: person.id,
  givenName: person.givenName,
  surname: person.surname,
  email: person.userPrincipalName,
});

/** The chats, the team and the people that the Playground shows. JSON is YAML, which is what it reads. */
export function playgroundConfig(options: Pick<PlaygroundOptions, 'tenantId' | 'people'>) {
  const [current, ...others] = options.people;
  if (current === undefined || others.length !== 5)
    throw new Error(`The Playground needs six people, ${options.people.length} are given.`);
  return {
    version: '0.1.1',
    tenantId: options.tenantId,
    bot: { id: 'quartermaster', name: 'Quartermaster' },
    currentUser: user(current),
    users: others.map(user),
    personalChat: { id: 'personal-chat' },
    groupChat: { id: '19:release-day@thread.v2', name: 'Release day' },
    team: {
      id: '19:mobile-general@thread.tacv2',
      name: 'Mobile',
      aadGroupId: '6e9f1c52-0d3a-4b7e-9c14-2f8ab5d06e77',
      // Beside General; the Playground takes one more.
      channels: [{ id: '19:mobile-releases@thread.tacv2', name: 'Releases' }],
    },
  };
}

/** Answers once the Playground has read its configuration and found the bot; its front page is there earlier. */
export const playgroundReadiness = (url: string): string => `${url}/_internal/v1/config`;

/** Microsoft 365 Agents Playground: the Teams client of the demo. */
export async function startPlayground(options: PlaygroundOptions): Promise<Child> {
  await mkdir(options.folder, { recursive: true });
  const configFile = join(options.folder, 'playground.yml');
  const detailsFile = join(options.folder, 'playground-details.log');
  await writeFile(configFile, JSON.stringify(playgroundConfig(options), null, 2));
  const cli = createRequire(import.meta.url).resolve('@microsoft/m365agentsplayground/cli.js');
  const loopbackOnly = new URL('./loopback-only.ts', import.meta.url).href;
  return startChild({
    name: 'the Playground',
    args: [
      '--import',
      loopbackOnly,
      cli,
      ...['-e', `${options.botUrl}/api/messages`, '-c', 'msteams', '-p', String(options.port), '--dt'],
    ],
    env: {
      ...bareEnvironment(),
      M365_AGENTS_PLAYGROUND_CONFIG_PATH: configFile,
      M365_AGENTS_PLAYGROUND_LOGFILE: detailsFile,
      // Otherwise it opens the machine's browser.
      TEAMSAPPTESTER_BROWSER: 'none',
    },
    cwd: options.folder,
    logFile: join(options.folder, 'playground.log'),
    // Why it ended stands here only.
    detailsFile,
    patience: 3_000,
  });
}
