import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalCloud } from '../local-cloud.ts';
import { appIds, machineIds, personIds, tenantIds } from '../tenants.ts';
import { bareEnvironment, type Child, pathOf, startChild } from './child.ts';

export interface BotOptions {
  port: number;
  /** Whose chats the bot may answer. */
  playgroundPort: number;
  folder: string;
  cloud: Pick<
    LocalCloud,
    'loginUrl' | 'graphUrl' | 'portalUrl' | 'identityUrl' | 'keyVaultUrl' | 'storageHost' | 'caPem' | 'tenants'
  >;
}

const onlyForMe = { mode: 0o600 };

/** The bot's settings for the demo; the same names as in `.env.example`. */
export function botEnvironment(
  options: BotOptions,
  files: { ca: string; vaultKey: string; managedApps: string },
): Record<string, string> {
  const { cloud } = options;
  return {
    HOST: '127.0.0.1',
    PORT: String(options.port),
    QM_DEMO: '1',
    PUBLIC_URL: `http://127.0.0.1:${options.port}`,
    DATA_DIR: join(options.folder, 'bot'),
    QM_VAULT_KEYS: files.vaultKey,
    BOT_SERVICE_HOSTS: `localhost:${options.playgroundPort},127.0.0.1:${options.playgroundPort}`,
    ALLOWED_HOME_TENANTS: tenantIds.contoso,
    ADMINISTRATORS: [personIds.alex, personIds.pradeep].map((id) => `${tenantIds.contoso}/${id}`).join(','),
    MANAGED_APPS_FILE: files.managedApps,
    SUPPORT_CONTACT: 'Pradeep Gupta',
    MANAGED_IDENTITIES: `quartermaster/${tenantIds.contoso}/${appIds.contosoMachine}/${machineIds.assigned}`,
    KEY_VAULTS: `${tenantIds.contoso}/${cloud.keyVaultUrl}`,
    AZURE_POD_IDENTITY_AUTHORITY_HOST: cloud.identityUrl,
    PACKAGE_HOSTS: new URL(cloud.portalUrl).host,
    CUSTOM_CLOUD_LABEL: 'Local cloud (demo)',
    CUSTOM_CLOUD_LOGIN_URL: cloud.loginUrl,
    CUSTOM_CLOUD_GRAPH_URL: cloud.graphUrl,
    CUSTOM_CLOUD_PORTAL_URL: cloud.portalUrl,
    CUSTOM_CLOUD_STORAGE_HOSTS: cloud.storageHost,
    CUSTOM_CLOUD_CA_FILE: files.ca,
  };
}

export async function startBot(options: BotOptions): Promise<Child> {
  const ca = join(options.folder, 'local-cloud-ca.pem');
  const vaultKey = `demo:${randomBytes(32).toString('base64')}`;
  const managedApps = join(options.folder, 'managed-apps.json');
  await writeFile(ca, options.cloud.caPem, onlyForMe);
  await writeFile(managedApps, JSON.stringify([managedApp(options.cloud)]), onlyForMe);
  await writeFile(join(options.folder, 'vault-key'), `${vaultKey}\n`, onlyForMe);
  return startChild({
    name: 'the bot',
    args: [pathOf('src/start.js')],
    env: { ...bareEnvironment(), ...botEnvironment(options, { ca, vaultKey, managedApps }) },
    cwd: pathOf('.'),
    logFile: join(options.folder, 'bot.log'),
  });
}

/** What the operator of the demo offers to those who have no app registration of their own. */
function managedApp({ tenants }: Pick<LocalCloud, 'tenants'>) {
  const app = tenants.registrations.find(({ appId }) => appId === appIds.managed);
  const secret = app?.secrets[0];
  if (app === undefined || secret === undefined) throw new Error('The local cloud has no app for everybody.');
  const { displayName: name, appId: clientId } = app;
  return { id: 'everybody', name, clientId, cloud: 'custom', capabilities: ['seeGroupNames'], secret: secret.value };
}
