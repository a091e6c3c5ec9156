import type { Access } from '../access/access.ts';
import { workspacePlace } from '../access/workspace-place.ts';
import type { Workspaces } from '../access/workspaces.ts';
import type { Audit } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import { CertificateUploads } from '../connections/certificate-uploads.ts';
import { ConnectionLife } from '../connections/connection-life.ts';
import { shareDependents } from '../connections/connection-shares.ts';
import { ConnectionWatch } from '../connections/connection-watch.ts';
import type { Connections } from '../connections/connections.ts';
import { credentialSetup } from '../connections/credential-setup.ts';
import { createKeyVaultEntries } from '../connections/key-vault-entries.ts';
import { KeyVaultExpiry } from '../connections/key-vault-expiry.ts';
import { OwnIdentityRules } from '../connections/own-identity.ts';
import { RegistrationCheck } from '../connections/registration-check.ts';
import type { UserSessions } from '../connections/user-sessions.ts';
import { connectionFormRoutes } from '../dialogs/connection/connection-form-routes.ts';
import { ConnectionNews } from '../dialogs/connection/connection-news.ts';
import { connectionRoutes } from '../dialogs/connection/connection-routes.ts';
import type { ConnectionServices } from '../dialogs/connection/connection-services.ts';
import { credentialRoutes } from '../dialogs/connection/credential-routes.ts';
import { lifeRoutes } from '../dialogs/connection/life-routes.ts';
import { WatchNews } from '../dialogs/connection/watch-news.ts';
import { guideRoutes } from '../dialogs/guide/guide-routes.ts';
import type { Messenger } from '../dialogs/messenger.ts';
import type { Route } from '../dialogs/route.ts';
import { readInThread } from '../graph/certificates/certificate-file-reader.ts';
import type { Clouds } from '../graph/clouds.ts';
import { createTenantLookup } from '../graph/tenant-lookup.ts';
import type { Logger } from '../log.ts';
import type { Outbound } from '../network/outbound.ts';
import type { OwnIdentityConfig } from '../own-identity-config.ts';
import { publishingDependents } from '../publishing/connection-dependents.ts';
import type { Database } from '../store/database.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import { templateDependents } from '../templates/template-dependents.ts';

/** Hosts of the operator's configuration that may be private: the machine's identity service and the vaults. */
export function ownHosts({ managedIdentities, identityHost, keyVaults }: OwnIdentityConfig): string[] {
  const vaults = keyVaults.map(({ url }) => new URL(url)).map(({ hostname, port }) => `${hostname}:${port || '443'}`);
  return managedIdentities.length === 0 ? vaults : [identityHost, ...vaults];
}

export interface ConnectionDialogsNeeds {
  config: Pick<Config, 'http' | 'supportContact' | 'managedApps' | 'ownIdentity' | 'administrators'>;
  database: Database;
  log: Logger;
  clouds: Clouds;
  vault: SecretVault;
  connections: Connections;
  sessions: UserSessions;
  outbound: Pick<Outbound, 'fetch'>;
  access: Pick<Access, 'canFromOutside' | 'adminsOf'>;
  workspaces: Workspaces;
  audit: Audit;
}

export interface ConnectionDialogs {
  routes: Route[];
  news: ConnectionNews;
  watch: ConnectionWatch;
  uploads: CertificateUploads;
}

/** Everything people can do with connections, and what they are told about them. */
export function composeConnectionDialogs(
  {
    config,
    database,
    log,
    clouds,
    vault,
    connections,
    sessions,
    outbound,
    access,
    workspaces,
    audit,
  }: ConnectionDialogsNeeds,
  messenger: Messenger,
): ConnectionDialogs {
  const { supportContact, http } = config;
  const news = new ConnectionNews({
    db: database.db,
    connections,
    messenger,
    clouds: clouds.list,
    supportContact,
    failed: (error, connectionId) => log.warn({ err: error, connectionId }, 'a connection card may be behind'),
  });
  const registration = new RegistrationCheck({ database, vault, connections });
  const inKeyVault = new KeyVaultExpiry({
    database,
    connections,
    read: createKeyVaultEntries({ outbound, identity: config.ownIdentity }),
  });
  const learnExpiry = async (id: string) => {
    const signal = AbortSignal.timeout(20_000);
    return (await inKeyVault.learn(id, signal)) || (await registration.learnExpiry(id, signal));
  };
  connections.onTested((id) => {
    learnExpiry(id)
      .then((learnt) => {
        if (learnt) news.changed(id);
      })
      .catch((error) => log.debug({ err: error, connectionId: id }, 'the end of a credential was not read'));
  });
  const report = new WatchNews({
    db: database.db,
    messenger,
    clouds: clouds.list,
    supportContact,
    placeOf: (workspaceId) => workspacePlace(database.db, workspaceId),
    adminsOf: async (workspaceId) => {
      const workspace = await workspaces.byId(workspaceId);
      return workspace === null ? [] : access.adminsOf(workspace);
    },
  });
  const uploads = new CertificateUploads({
    database,
    vault,
    audit,
    connections,
    workspaceById: (id) => workspaces.byId(id),
    mayChange: (person, workspace) => access.canFromOutside(person, workspace, 'manageConnections'),
    readFile: readInThread,
    onReceived: (id) => news.changed(id),
    publicUrl: http.publicUrl,
  });
  const watch = new ConnectionWatch({ database, connections, report, logger: log });
  const services: ConnectionServices = {
    registration,
    uploads,
    connections,
    own: new OwnIdentityRules({ identity: config.ownIdentity, administrators: config.administrators }),
    setupOf: (credential, cloud) => credentialSetup(credential, cloud, config.ownIdentity),
    life: new ConnectionLife({ database, vault, sessions, audit, connections }),
    dependents: async (connectionId) => [
      ...(await publishingDependents(database.db, connectionId)),
      ...(await templateDependents(database.db, connectionId)),
      ...(await shareDependents(database.db, connectionId)),
    ],
    told: news,
    managedApps: config.managedApps,
    clouds: clouds.list,
    supportContact,
    publicUrl: http.publicUrl,
  };
  const routes = [
    ...connectionFormRoutes(services),
    ...connectionRoutes(services),
    ...credentialRoutes(services),
    ...lifeRoutes(services),
    ...guideRoutes({
      connections,
      lookUpTenant: createTenantLookup(outbound),
      clouds: clouds.list,
      publicUrl: http.publicUrl,
    }),
  ];
  return { routes, news, watch, uploads };
}
