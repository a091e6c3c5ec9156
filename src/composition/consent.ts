import type { Access } from '../access/access.ts';
import type { Roles } from '../access/roles.ts';
import type { Workspaces } from '../access/workspaces.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import type { StoredConnection } from '../connections/connection.ts';
import type { Connections } from '../connections/connections.ts';
import type { ManagedApps } from '../connections/managed-apps.ts';
import { ownConnections } from '../connections/own-connections.ts';
import { Approvers } from '../consent/approvers.ts';
import { ConsentLedger } from '../consent/consent-ledger.ts';
import { ConsentLinks } from '../consent/consent-links.ts';
import { ConsentPages } from '../consent/consent-pages.ts';
import { ConsentRequests } from '../consent/consent-requests.ts';
import { ConsentWatch } from '../consent/consent-watch.ts';
import { connectionReply } from '../dialogs/connection/connection-reply.ts';
import { ConsentNews } from '../dialogs/consent/consent-news.ts';
import { consentRoutes } from '../dialogs/consent/consent-routes.ts';
import type { Messenger } from '../dialogs/messenger.ts';
import type { People } from '../dialogs/people.ts';
import type { Route } from '../dialogs/route.ts';
import type { Clouds } from '../graph/clouds.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import type { SecretVault } from '../store/secret-vault.ts';

export interface ConsentNeeds {
  config: Config;
  database: Database;
  log: Logger;
  clouds: Clouds;
  vault: SecretVault;
  roles: Roles;
  access: Access;
  workspaces: Workspaces;
  connections: Connections;
  managedApps: ManagedApps;
  audit: AuditLog;
  /** Brings the cards of a connection up to date. */
  showConnection(connectionId: string): void;
}

export interface Consent {
  pages: ConsentPages;
  watch: ConsentWatch;
  routes: Route[];
  /** A copy of a request's card stands in a chat now. */
  shown(requestId: string): Promise<void>;
}

const hour = 3_600_000;

/** Consent requests, from the button on a connection to the verified grant. */
export function composeConsent(needs: ConsentNeeds, messenger: Messenger, people: People): Consent {
  const {
    config,
    database,
    log,
    clouds,
    vault,
    roles,
    access,
    workspaces,
    connections,
    managedApps,
    audit,
    showConnection,
  } = needs;
  const { supportContact } = config;
  const { publicUrl } = config.http;
  const now = () => new Date();
  const times = {
    lifeMs: config.consent.days * 24 * hour,
    remindersMs: config.consent.reminderDays.map((days) => days * 24 * hour),
    lookEveryMs: 6 * hour,
    arrivalMs: 20 * 60_000,
  };
  const news = new ConsentNews({ messenger, clouds: clouds.list, showConnection });
  const ledger = new ConsentLedger({ database, events: news, audit, now });
  const links = new ConsentLinks({ db: database.db, now });
  const approvers = new Approvers({ roles, access, ownRequestsAllowed: config.consent.ownRequests });
  const shared = { ledger, links, vault, workspaces, connections, times, publicUrl, now };
  const fixedCapabilities = (connection: StoredConnection) => managedApps.of(connection)?.capabilities ?? null;
  const requests = new ConsentRequests({ ...shared, approvers, access, fixedCapabilities });
  const watch = new ConsentWatch({ database, ledger, connections, times, now, log });
  connections.onTested((id) => {
    watch.tested(id).catch((error) => log.warn({ err: error, connectionId: id }, 'a consent request may be behind'));
  });
  const { appId } = config.bot;
  return {
    pages: new ConsentPages({
      ...shared,
      clouds,
      appName: (connection) => managedApps.of(connection)?.name ?? null,
    }),
    watch,
    routes: consentRoutes({
      requests,
      connections: ownConnections(connections),
      people,
      connectionReply: (connection, at, words) =>
        connectionReply({ clouds: clouds.list, supportContact }, connection, at, words),
      clouds: clouds.list,
      publicUrl,
      // The Teams app has the bot's id: appPackage/manifest.json.
      installUrl: appId === undefined ? null : `https://teams.microsoft.com/l/app/${appId}`,
    }),
    async shown(requestId) {
      const request = await ledger.get(requestId);
      // The first revision is what every copy was sent with.
      if (request !== null && request.revision > 1) await news.caughtUp(database.db, request);
    },
  };
}
