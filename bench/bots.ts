import { conversations, registration, tenants } from './cast.ts';
import { freePort, type Service, startService } from './child-process.ts';
import type { DisposableDatabase } from './disposable-database.ts';

export interface RunningBot extends AsyncDisposable {
  origin: string;
  cpuSeconds(): number;
}

const startsWithin = 60_000;
/** Nothing is stored with it that anybody would want to read. */
export const benchVaultKey = `bench:${Buffer.alloc(32, 7).toString('base64')}`;

async function ready(service: Service, origin: string): Promise<RunningBot> {
  try {
    await service.answers(`${origin}/readyz`, startsWithin);
    return {
      origin,
      cpuSeconds: () => service.cpuSeconds(),
      [Symbol.asyncDispose]: () => service.stop(),
    };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

/** The product as `npm start` runs it, with everything of Microsoft's at the sink. */
export async function startQuartermaster(
  database: DisposableDatabase,
  sinkPort: number,
  signal: AbortSignal,
): Promise<RunningBot> {
  const port = await freePort();
  const microsoft = `http://127.0.0.1:${sinkPort}`;
  const service = startService({
    script: new URL('../src/start.js', import.meta.url),
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: 'https://quartermaster.bench.invalid',
      DATA_DIR: database.dataDir,
      ...(database.databaseUrl === undefined ? {} : { DATABASE_URL: database.databaseUrl }),
      QM_VAULT_KEYS: benchVaultKey,
      MICROSOFT_APP_TYPE: 'SingleTenant',
      MICROSOFT_APP_ID: registration.appId,
      MICROSOFT_APP_PASSWORD: registration.password,
      MICROSOFT_APP_TENANT_ID: registration.tenantId,
      ALLOWED_HOME_TENANTS: tenants.join(','),
      BOT_TOKEN_ISSUER: registration.issuer,
      BOT_OPENID_METADATA_URL: `${microsoft}/.well-known/openidconfiguration`,
      BOT_LOGIN_URL: microsoft,
      BOT_OAUTH_SCOPE: registration.oauthScope,
      BOT_SERVICE_HOSTS: `127.0.0.1:${sinkPort}`,
    },
    nodeOptions: profileOptions(),
    signal,
  });
  return ready(service, `http://127.0.0.1:${port}`);
}

/** BENCH_PROFILE names a folder for the product's CPU profile, for whoever looks for what costs the time. */
function profileOptions(): string[] {
  const folder = process.env.BENCH_PROFILE;
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

export async function startEchoBot(sinkPort: number, signal: AbortSignal): Promise<RunningBot> {
  const port = await freePort();
  const service = startService({
    script: new URL('./echo-bot.ts', import.meta.url),
    args: [String(port), String(sinkPort)],
    signal,
  });
  return ready(service, `http://127.0.0.1:${port}`);
}

export const stage = `${conversations.length} conversations in ${tenants.length} tenants`;
