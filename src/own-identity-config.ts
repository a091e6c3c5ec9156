import { z } from 'zod';

/** Credentials that this service has by itself, from the place where it runs. */
export interface OwnIdentityConfig {
  managedIdentities: ManagedIdentityConfig[];
  /** Where the machine gives tokens of them: `host` or `host:port`. */
  identityHost: string;
  /** A token of another issuer, kept fresh by somebody else. */
  tokenFile: string | undefined;
  /** The app that the token file stands for when this service itself signs in, to read Key Vault. */
  workload: { tenantId: string; clientId: string } | undefined;
  keyVaults: { homeTenantId: string; url: string }[];
  /** Tenants besides its own that a home tenant may reach with these credentials. */
  tenants: { homeTenantId: string; targetTenantId: string }[];
}

export interface ManagedIdentityConfig {
  name: string;
  tenantId: string;
  clientId: string;
  objectId: string;
  isSystemAssigned: boolean;
}

const optionalText = z.preprocess((v) => (v === '' ? undefined : v), z.string().trim().min(1).optional());
const optionalUrl = z.preprocess((v) => (v === '' ? undefined : v), z.url({ error: 'is no URL' }).optional());
const list = z
  .string()
  .default('')
  .transform((v) =>
    v
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean),
  );
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const tenantPair = z
  .string()
  .transform((entry) => entry.toLowerCase().split('/'))
  .refine((parts) => parts.length === 2 && parts.every((part) => guid.test(part)), {
    error: 'each entry is <home tenant id>/<tenant id to be reached>',
  })
  .transform(([homeTenantId = '', targetTenantId = '']) => ({ homeTenantId, targetTenantId }));
const managedIdentity = z
  .string()
  .transform((entry) => entry.split('/'))
  .refine(
    ([name = '', tenant = '', client = '', object = '', kind, ...rest]) =>
      /^[\w .-]{1,40}$/.test(name) &&
      [tenant, client, object].every((id) => guid.test(id)) &&
      (kind === undefined || kind === 'system') &&
      rest.length === 0,
    { error: 'each entry is <name>/<tenant id>/<client id>/<object id>, with /system behind a system-assigned one' },
  )
  .transform(([name = '', tenantId = '', clientId = '', objectId = '', kind]) => ({
    name,
    tenantId: tenantId.toLowerCase(),
    clientId: clientId.toLowerCase(),
    // Entra compares subjects letter by letter.
    objectId,
    isSystemAssigned: kind === 'system',
  }));
const keyVault = z
  .string()
  .regex(/^[0-9a-f-]{36}\/https:\/\/[^/]+\/?$/i, 'each entry is <home tenant id>/https://<name>.vault.azure.net')
  .transform((entry) => {
    const [homeTenantId = '', url = ''] = entry.split(/\/(.*)/s);
    return { homeTenantId: homeTenantId.toLowerCase(), url: new URL(url).origin };
  });

/** Part of the environment. Those that begin with AZURE and IDENTITY are set by the platform. */
export const ownIdentityVariables = {
  MANAGED_IDENTITIES: list.pipe(z.array(managedIdentity)),
  FEDERATED_TOKEN_FILE: optionalText,
  KEY_VAULTS: list.pipe(z.array(keyVault)),
  OWN_IDENTITY_TENANTS: list.pipe(z.array(tenantPair)),
  AZURE_TENANT_ID: optionalText,
  AZURE_CLIENT_ID: optionalText,
  AZURE_FEDERATED_TOKEN_FILE: optionalText,
  AZURE_POD_IDENTITY_AUTHORITY_HOST: optionalUrl,
  IDENTITY_ENDPOINT: optionalUrl,
};

const variables = z.object(ownIdentityVariables);

/** The address on Azure's virtual machines; other hosts name theirs in the environment, where the library finds it too. */
const onVirtualMachines = 'http://169.254.169.254';

export function ownIdentity(e: z.infer<typeof variables>): OwnIdentityConfig {
  const { hostname, port, protocol } = new URL(
    e.IDENTITY_ENDPOINT ?? e.AZURE_POD_IDENTITY_AUTHORITY_HOST ?? onVirtualMachines,
  );
  return {
    managedIdentities: e.MANAGED_IDENTITIES,
    identityHost: `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`,
    tokenFile: e.FEDERATED_TOKEN_FILE ?? e.AZURE_FEDERATED_TOKEN_FILE,
    workload:
      e.AZURE_TENANT_ID === undefined || e.AZURE_CLIENT_ID === undefined
        ? undefined
        : { tenantId: e.AZURE_TENANT_ID, clientId: e.AZURE_CLIENT_ID },
    keyVaults: e.KEY_VAULTS,
    tenants: e.OWN_IDENTITY_TENANTS,
  };
}
