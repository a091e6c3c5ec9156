import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { type ManagedAppConfig, readManagedApps } from './managed-apps-config.ts';
import { type OwnIdentityConfig, ownIdentity, ownIdentityVariables } from './own-identity-config.ts';

/** A setting that stops the process, named so that the operator can mend it. */
export class ConfigError extends Error {
  constructor(variable: string, fault: string) {
    super(`${variable}: ${fault}`);
    this.name = 'ConfigError';
  }
}

const text = z.string().trim().min(1);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess((v) => (v === '' ? undefined : v), schema.optional());
const list = z
  .string()
  .default('')
  .transform((v) =>
    v
      .split(',')
      .map((x) => x.trim())
      .filter(Boolean),
  );
const port = z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65535);
const httpsUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
  .transform((v) => v.replace(/\/+$/, ''));

const administrator = z.string().regex(/^[^/\s]+\/[^/\s]+$/, 'each entry is <tenant id>/<object id>');
const vaultKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/=_-]+$/, 'each entry is <key id>:<base64 of 32 bytes>')
  .transform((entry, ctx) => {
    const [id = '', encoded = ''] = entry.split(/:(.*)/s);
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== 32) {
      ctx.addIssue({
        code: 'custom',
        message: `key "${id}" has ${key.length} bytes, 32 are needed (openssl rand -base64 32)`,
      });
      return z.NEVER;
    }
    return { id, key };
  });

const environment = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: port.default(3978),
  PUBLIC_URL: optional(httpsUrl),
  DATA_DIR: z.string().default('data'),
  DATABASE_URL: optional(z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://')),
  QM_VAULT_KEYS: z
    .string({
      error: 'is missing. It holds <key id>:<base64 of 32 bytes>, made for example by: openssl rand -base64 32',
    })
    .transform((v) =>
      v
        .split(',')
        .map((x) => x.trim())
        .filter(Boolean),
    )
    .pipe(z.array(vaultKey).min(1, 'is empty')),
  MICROSOFT_APP_TYPE: z.enum(['SingleTenant', 'UserAssignedMSI', 'MultiTenant']).default('SingleTenant'),
  MICROSOFT_APP_ID: optional(text),
  MICROSOFT_APP_PASSWORD: optional(text),
  MICROSOFT_APP_TENANT_ID: optional(text),
  BOT_TOKEN_ISSUER: z.string().default('https://api.botframework.com'),
  BOT_OPENID_METADATA_URL: z.string().default('https://login.botframework.com/v1/.well-known/openidconfiguration'),
  BOT_LOGIN_URL: optional(httpsUrl),
  BOT_OAUTH_SCOPE: z.string().default('https://api.botframework.com'),
  BOT_SERVICE_HOSTS: list,
  ALLOWED_HOME_TENANTS: list,
  ADMINISTRATORS: list.pipe(z.array(administrator)),
  SUPPORT_CONTACT: z.string().default('the person who runs this bot'),
  CONSENT_DAYS: z.coerce.number({ error: 'must be a number of days' }).min(1).max(60).default(7),
  CONSENT_REMINDER_DAYS: z
    .string()
    .default('1,3')
    .transform((days) => days.split(',').map((day) => Number(day.trim())))
    .pipe(z.array(z.number({ error: 'lists days, such as 1,3' }).positive())),
  CONSENT_OWN_REQUESTS: z.enum(['0', '1'], { error: 'is 1 or 0' }).default('0'),
  MANAGED_APPS_FILE: optional(text),
  ...ownIdentityVariables,
  PACKAGE_HOSTS: list,
  MAX_PACKAGE_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(8 * 1024 ** 3),
  ARTIFACT_CONTAINER_URL: optional(httpsUrl),
  ARTIFACT_ACCOUNT_KEY: optional(text),
  KEEP_PACKAGES_PER_APP: z.coerce.number().int().min(1).max(1_000).default(3),
  KEEP_PACKAGES_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(50 * 1024 ** 3),
  INTUNE_CHANGES_PER_20_SECONDS: z.coerce.number().int().min(1).max(100_000).default(100),
  INTUNE_REQUESTS_PER_20_SECONDS: z.coerce.number().int().min(1).max(1_000_000).default(1_000),
  JOB_CONCURRENCY: z.coerce.number().int().min(1).max(32).default(2),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  METRICS_TOKEN: optional(text),
  CUSTOM_CLOUD_LABEL: z.string().default('Custom cloud'),
  CUSTOM_CLOUD_LOGIN_URL: optional(httpsUrl),
  CUSTOM_CLOUD_GRAPH_URL: optional(httpsUrl),
  CUSTOM_CLOUD_PORTAL_URL: optional(httpsUrl),
  CUSTOM_CLOUD_STORAGE_HOSTS: list,
  CUSTOM_CLOUD_CA_FILE: optional(text),
  QM_DEMO: z.enum(['0', '1'], { error: 'is 1 or 0' }).default('0'),
});

export interface Config {
  http: { host: string; port: number; publicUrl: string };
  dataDir: string;
  databaseUrl: string | undefined;
  vaultKeys: { id: string; key: Buffer }[];
  bot: BotConfig;
  allowedHomeTenants: string[];
  administrators: { homeTenantId: string; objectId: string }[];
  supportContact: string;
  consent: ConsentConfig;
  /** Multi-tenant apps of the operator that customers may use instead of their own. */
  managedApps: ManagedAppConfig[];
  /** Package hosts that may be private, from the operator. */
  packageHosts: string[];
  maxPackageBytes: number;
  /** Of Azure Blob Storage, instead of a folder. */
  artifactContainer: { url: URL; accountKey: string | undefined } | undefined;
  /** Published packages that stay for going back. */
  keepPackages: { perApp: number; bytes: number };
  jobConcurrency: number;
  /** What one app may send to one tenant in 20 seconds, all processes together. */
  graphBudget: { changes: number; requests: number };
  logLevel: string;
  metricsToken: string | undefined;
  customCloud: CustomCloudConfig | undefined;
  ownIdentity: OwnIdentityConfig;
  /** The local demo: no app id, loopback only. */
  demo: boolean;
}

export interface BotConfig {
  appType: 'SingleTenant' | 'UserAssignedMSI' | 'MultiTenant';
  /** Undefined only in the demo, where tokens do not exist. */
  appId: string | undefined;
  appPassword: string | undefined;
  appTenantId: string | undefined;
  tokenIssuer: string;
  openIdMetadataUrl: string;
  loginUrl: string | undefined;
  oauthScope: string;
  /** Further hosts that a verified token's serviceUrl may name (sovereign clouds, test rigs). */
  serviceHosts: string[];
}

export interface ConsentConfig {
  /** How long a request stays open. */
  days: number;
  /** After its start. */
  reminderDays: number[];
  /** A configured administrator may decide on a request of their own. */
  ownRequests: boolean;
}

export interface CustomCloudConfig {
  label: string;
  loginUrl: string;
  graphUrl: string;
  portalUrl: string;
  storageHosts: string[];
  /** PEM of a CA that these hosts' certificates come from. */
  ca: string | undefined;
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

export function readConfig(env: Record<string, string | undefined>): Config {
  const read = environment.safeParse(env);
  if (!read.success) {
    const issue = read.error.issues[0];
    throw new ConfigError(String(issue?.path[0] ?? 'environment'), issue?.message ?? 'cannot be read');
  }
  const e = read.data;
  const demo = e.QM_DEMO === '1';
  if (e.MICROSOFT_APP_ID === undefined) {
    if (!demo)
      throw new ConfigError(
        'MICROSOFT_APP_ID',
        'is missing. Without it no message can be verified, so the bot does not start',
      );
    if (!isLoopback(e.HOST))
      throw new ConfigError('HOST', `is ${e.HOST}; a demo without an app id listens on 127.0.0.1 only`);
  } else {
    if (e.MICROSOFT_APP_TYPE !== 'MultiTenant' && e.MICROSOFT_APP_TENANT_ID === undefined)
      throw new ConfigError(
        'MICROSOFT_APP_TENANT_ID',
        `is missing; a ${e.MICROSOFT_APP_TYPE} bot needs the tenant of its registration`,
      );
    if (e.MICROSOFT_APP_TYPE !== 'UserAssignedMSI' && e.MICROSOFT_APP_PASSWORD === undefined)
      throw new ConfigError(
        'MICROSOFT_APP_PASSWORD',
        `is missing; a ${e.MICROSOFT_APP_TYPE} bot needs its client secret`,
      );
    if (e.ALLOWED_HOME_TENANTS.length === 0)
      throw new ConfigError(
        'ALLOWED_HOME_TENANTS',
        'is empty; list the tenant ids whose people may use this bot, separated by commas',
      );
    if (e.PUBLIC_URL === undefined)
      throw new ConfigError(
        'PUBLIC_URL',
        'is missing; upload links need the address under which this service is reached',
      );
  }
  return {
    http: { host: e.HOST, port: e.PORT, publicUrl: e.PUBLIC_URL ?? `http://${e.HOST}:${e.PORT}` },
    dataDir: e.DATA_DIR,
    databaseUrl: e.DATABASE_URL,
    vaultKeys: e.QM_VAULT_KEYS,
    bot: {
      appType: e.MICROSOFT_APP_TYPE,
      appId: e.MICROSOFT_APP_ID,
      appPassword: e.MICROSOFT_APP_PASSWORD,
      appTenantId: e.MICROSOFT_APP_TENANT_ID,
      tokenIssuer: e.BOT_TOKEN_ISSUER,
      openIdMetadataUrl: e.BOT_OPENID_METADATA_URL,
      loginUrl: e.BOT_LOGIN_URL,
      oauthScope: e.BOT_OAUTH_SCOPE,
      serviceHosts: e.BOT_SERVICE_HOSTS,
    },
    allowedHomeTenants: e.ALLOWED_HOME_TENANTS.map((x) => x.toLowerCase()),
    administrators: e.ADMINISTRATORS.map((entry) => {
      const [homeTenantId = '', objectId = ''] = entry.split('/');
      return { homeTenantId: homeTenantId.toLowerCase(), objectId };
    }),
    supportContact: e.SUPPORT_CONTACT,
    consent: {
      days: e.CONSENT_DAYS,
      reminderDays: e.CONSENT_REMINDER_DAYS.toSorted((a, b) => a - b),
      ownRequests: e.CONSENT_OWN_REQUESTS === '1',
    },
    managedApps: e.MANAGED_APPS_FILE === undefined ? [] : managedApps(e.MANAGED_APPS_FILE),
    packageHosts: e.PACKAGE_HOSTS,
    maxPackageBytes: e.MAX_PACKAGE_BYTES,
    artifactContainer:
      e.ARTIFACT_CONTAINER_URL === undefined
        ? undefined
        : { url: new URL(e.ARTIFACT_CONTAINER_URL), accountKey: e.ARTIFACT_ACCOUNT_KEY },
    keepPackages: { perApp: e.KEEP_PACKAGES_PER_APP, bytes: e.KEEP_PACKAGES_BYTES },
    jobConcurrency: e.JOB_CONCURRENCY,
    graphBudget: { changes: e.INTUNE_CHANGES_PER_20_SECONDS, requests: e.INTUNE_REQUESTS_PER_20_SECONDS },
    logLevel: e.LOG_LEVEL,
    metricsToken: e.METRICS_TOKEN,
    customCloud: customCloud(e),
    ownIdentity: ownIdentity(e),
    demo,
  };
}

function customCloud(e: z.infer<typeof environment>): CustomCloudConfig | undefined {
  if (e.CUSTOM_CLOUD_LOGIN_URL === undefined && e.CUSTOM_CLOUD_GRAPH_URL === undefined) return undefined;
  if (e.CUSTOM_CLOUD_LOGIN_URL === undefined)
    throw new ConfigError('CUSTOM_CLOUD_LOGIN_URL', 'is missing beside CUSTOM_CLOUD_GRAPH_URL');
  if (e.CUSTOM_CLOUD_GRAPH_URL === undefined)
    throw new ConfigError('CUSTOM_CLOUD_GRAPH_URL', 'is missing beside CUSTOM_CLOUD_LOGIN_URL');
  return {
    label: e.CUSTOM_CLOUD_LABEL,
    loginUrl: e.CUSTOM_CLOUD_LOGIN_URL,
    graphUrl: e.CUSTOM_CLOUD_GRAPH_URL,
    portalUrl: e.CUSTOM_CLOUD_PORTAL_URL ?? e.CUSTOM_CLOUD_GRAPH_URL,
    storageHosts: e.CUSTOM_CLOUD_STORAGE_HOSTS,
    ca: e.CUSTOM_CLOUD_CA_FILE === undefined ? undefined : readCa(e.CUSTOM_CLOUD_CA_FILE),
  };
}

function managedApps(file: string): ManagedAppConfig[] {
  try {
    return readManagedApps(file);
  } catch (error) {
    throw new ConfigError('MANAGED_APPS_FILE', (error as Error).message);
  }
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(
      'CUSTOM_CLOUD_CA_FILE',
      `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
  }
}
