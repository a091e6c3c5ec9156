import type { RequestListener } from 'node:http';
import { Clock, type Delays, type Pace, paces } from './clock.ts';
import { AdminConsent } from './entra/admin-consent.ts';
import { Directory } from './entra/directory.ts';
import { EntraError } from './entra/entra-error.ts';
import { loginService } from './entra/login-service.ts';
import { SignInPages } from './entra/sign-in-pages.ts';
import { TokenEndpoint } from './entra/token-endpoint.ts';
import { TokenKeys } from './entra/token-keys.ts';
import { UserGrants } from './entra/user-grants.ts';
import { WorkloadIssuer } from './entra/workload-issuer.ts';
import { Faults } from './faults.ts';
import type { GraphServices, GraphWatch } from './graph/graph-call.ts';
import { graphService } from './graph/graph-service.ts';
import type { Assignment, IntuneTenant, StoredApp, VerifiedContent } from './graph/intune-tenant.ts';
import { publishingState } from './graph/intune-tenant.ts';
import { loadMetadata } from './graph/metadata.ts';
import { seedTenant } from './graph/seed.ts';
import { type Listener, listen } from './http.ts';
import { keyVaultService, type VaultEntry, vaultResource } from './identity/key-vault-service.ts';
import { managedIdentityService } from './identity/managed-identity-service.ts';
import { portalService } from './portal/portal-service.ts';
import { type LoggedRequest, RequestLog } from './request-log.ts';
import { makeAzuriteStore } from './storage/azurite-store.ts';
import { makeDiskStore } from './storage/disk-store.ts';
import { type StorageCounters, storageService } from './storage/storage-service.ts';
import { UploadUrls } from './storage/upload-urls.ts';
import { type DemoDirectory, machineIds, makeDirectory, type Person, personIds, tenantIds } from './tenants.ts';
import { makeServerCertificate } from './tls/certificates.ts';

export interface LocalCloudOptions {
  /** 0, the default, picks a free port. */
  ports?: { login?: number; graph?: number; storage?: number; portal?: number };
  pace?: Pace;
  /** `azurite` keeps content in Microsoft's storage emulator, `memory` in a temporary folder behind the same door. */
  storage?: 'azurite' | 'memory';
  clock?: () => number;
  /** Where the demo's registrations let people return to after consent. */
  redirectUris?: readonly string[];
  /** Secret values by app id; otherwise made anew. */
  secrets?: Readonly<Record<string, string>>;
  /** Further plain apps in Contoso, for long listings. */
  furtherApps?: number;
  /** Minutes an upload address is good for. */
  uploadUrlMinutes?: number;
  /** A package the portal offers under `/packages/<name>`. */
  packages?: Readonly<Record<string, string>>;
  /** Where the demo's chat is, for a link on the portal. */
  chatUrl?: string;
  watch?: GraphWatch;
  log?: (message: string, facts: Record<string, unknown>) => void;
}

type Handler = (...args: Parameters<RequestListener>) => Promise<void>;

export interface AppSummary {
  id: string;
  type: string;
  displayName: string;
  version: string | null;
  publishingState: string;
  committedContentVersion: string | null;
  size: number;
  content: VerifiedContent | null;
  /** `required: Mobile pilot` */
  receivers: string[];
  categories: string[];
  owner: string | null;
}

export interface LocalCloudState {
  apps(tenantId: string): AppSummary[];
  content(appId: string): VerifiedContent | null;
  requests(service?: LoggedRequest['service']): LoggedRequest[];
  counters: Readonly<StorageCounters>;
  /** Everything a tenant's Intune holds, live. */
  intune(tenantId: string): IntuneTenant;
}

export interface LocalCloud {
  loginUrl: string;
  graphUrl: string;
  storageHost: string;
  portalUrl: string;
  /** Where a machine of this cloud gets tokens of its managed identities. */
  identityUrl: string;
  keyVaultUrl: string;
  /** What the vault holds, live. */
  vault: Map<string, VaultEntry>;
  /** An identity provider beside Entra, for federated credentials. */
  workloads: WorkloadIssuer;
  caPem: string;
  /** Tenants, registrations with their secrets, people; live. */
  tenants: DemoDirectory;
  delays: Delays;
  state: LocalCloudState;
  faults: Faults;
  /** The next request for a token is refused with this code of Microsoft's. */
  refuseNextToken(refusal: { status: number; error: string; code: number }): void;
  advance(milliseconds: number): void;
  /** Who is signed in to Microsoft's pages. */
  signIn(personId: string): void;
  /** Ends every session of a person, as a changed password does. */
  revokeSessions(personId: string): void;
  stop(): Promise<void>;
}

export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const clock = new Clock(options.clock);
  const delays = paces[options.pace ?? 'instant'];
  const faults = new Faults();
  const log = new RequestLog();
  const [certificate, keys, workloads, store] = await Promise.all([
    makeServerCertificate(),
    TokenKeys.make(),
    WorkloadIssuer.make(),
    options.storage === 'azurite' ? makeAzuriteStore() : makeDiskStore(),
  ]);
  const metadata = loadMetadata();
  const data = makeDirectory({ now: clock.now(), ...pick(options, 'redirectUris', 'secrets') });
  const directory = new Directory(data);
  const intune = new Map(
    data.tenants.map((tenant) => [tenant.id, seedTenant(tenant.id, clock.now(), options.furtherApps ?? 0)]),
  );
  const urls = { login: '', graph: '', storage: '', portal: '', identity: '', vault: '' };
  const vault = new Map<string, VaultEntry>();
  const refusals: EntraError[] = [];
  let signedIn: Person = directory.person(personIds.megan) as Person;
  const retryAfterSeconds = options.pace === 'lifelike' ? 5 : 1;

  const uploadUrls = new UploadUrls({
    clock,
    lifetime: (options.uploadUrlMinutes ?? 15) * 60_000,
    storageUrl: () => urls.storage,
  });
  const grants = new UserGrants(clock);
  const tokens = new TokenEndpoint({
    directory,
    keys,
    grants,
    clock,
    delays,
    loginUrl: () => urls.login,
    graphUrl: () => urls.graph,
    workloads,
  });
  const consent = new AdminConsent({
    directory,
    clock,
    signedIn: () => signedIn,
    graphUrl: () => urls.graph,
    portalUrl: () => urls.portal,
  });
  const signIns = new SignInPages({
    directory,
    clock,
    grants,
    signedIn: () => signedIn,
    graphAudiences: () => tokens.graphAudiences(),
    portalUrl: () => urls.portal,
  });
  const services: GraphServices = {
    watch: options.watch,
    metadata,
    storage: {
      newBlob: () => uploadUrls.newBlob(),
      issueUploadUrl: (blob) => uploadUrls.issue(blob),
      read: (blob) => store.read(blob),
      remove: (blob) => store.remove(blob),
    },
    clock,
    delays,
    faults,
    graphUrl: () => urls.graph,
    appName: (appId) => directory.registration(appId)?.displayName ?? appId,
    registration: (appId) => directory.registration(appId),
  };
  const counters: StorageCounters = { blocks: 0, bytes: 0, blockLists: 0, refused: 0, repeated: 0 };

  const state: LocalCloudState = {
    apps: (tenantId) => {
      const tenant = intune.get(tenantId);
      return tenant === undefined ? [] : [...tenant.apps.values()].map((app) => summary(app, tenant, clock.now()));
    },
    content: (appId) =>
      [...intune.values()].map((tenant) => tenant.apps.get(appId)).find((app) => app !== undefined)?.content ?? null,
    requests: (service) => log.list(service),
    counters,
    intune: (tenantId) => {
      const found = intune.get(tenantId);
      if (found === undefined) throw new Error(`There is no tenant ${tenantId} in the local cloud.`);
      return found;
    },
  };

  const guarded =
    (handler: Handler, facts: Record<string, unknown> = { service: 'portal' }): RequestListener =>
    (request, response) => {
      handler(request, response).catch((error: unknown) => {
        options.log?.('request failed', { ...facts, error: error instanceof Error ? error.message : String(error) });
        if (response.headersSent) response.destroy();
        else {
          response.writeHead(500, { 'Content-Length': 0 });
          response.end();
        }
      });
    };
  const logged =
    (service: LoggedRequest['service'], handler: Handler): RequestListener =>
    (request, response) => {
      const entry = { service, method: request.method ?? '', path: (request.url ?? '').split('?')[0] ?? '' };
      const record = (status: number) => {
        log.add({ ...entry, status, at: clock.now() });
        options.log?.('request', { ...entry, status });
      };
      response.once('finish', () => record(response.statusCode));
      response.once('close', () => {
        // The connection was cut before the answer.
        if (!response.writableFinished) record(0);
      });
      guarded(handler, entry)(request, response);
    };

  const login = loginService({
    directory,
    keys,
    tokens,
    consent,
    signIns,
    clock,
    faults,
    retryAfterSeconds,
    loginUrl: () => urls.login,
    nextRefusal: () => refusals.shift() ?? null,
  });
  const graph = graphService({ services, directory, keys, tokens, intune, retryAfterSeconds });
  const storage = storageService({ store, urls: uploadUrls, clock, faults, counters, storageUrl: () => urls.storage });
  const portal = portalService({
    directory,
    intune,
    faults,
    consent,
    signIns,
    clock,
    state,
    urls,
    packages: options.packages ?? {},
    chatUrl: options.chatUrl,
    signedIn: () => signedIn,
    signIn: (person) => {
      signedIn = person;
    },
    signOut: (person) => grants.revoke(person.id),
  });

  const identity = managedIdentityService({
    data,
    keys,
    clock,
    loginUrl: () => urls.login,
    graphUrl: () => urls.graph,
    otherResources: [vaultResource],
  });
  const keyVault = keyVaultService({
    entries: vault,
    readers: new Set([machineIds.assigned]),
    keys,
    clock,
    loginUrl: () => urls.login,
    vaultUrl: () => urls.vault,
    tenantId: tenantIds.contoso,
  });

  const listeners: Listener[] = [];
  const stop = async () => {
    await Promise.all(listeners.splice(0).map((listener) => listener.close()));
    await store.close();
  };
  try {
    const open = async (handler: RequestListener, port: number | undefined, isPlain = false) => {
      const listener = await listen(handler, port ?? 0, isPlain ? undefined : certificate);
      listeners.push(listener);
      return listener.port;
    };
    const { ports = {} } = options;
    urls.login = `https://localhost:${await open(logged('login', login), ports.login)}`;
    urls.graph = `https://localhost:${await open(logged('graph', graph), ports.graph)}`;
    urls.storage = `https://localhost:${await open(logged('storage', storage), ports.storage)}`;
    urls.vault = `https://localhost:${await open(guarded(keyVault), undefined)}`;
    urls.identity = `http://127.0.0.1:${await open(guarded(identity), undefined, true)}`;
    urls.portal = `http://127.0.0.1:${await open(guarded(portal), ports.portal, true)}`;
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    loginUrl: urls.login,
    graphUrl: urls.graph,
    storageHost: new URL(urls.storage).host,
    portalUrl: urls.portal,
    identityUrl: urls.identity,
    keyVaultUrl: urls.vault,
    vault,
    workloads,
    caPem: certificate.caPem,
    tenants: data,
    delays,
    state,
    faults,
    refuseNextToken: ({ status, error, code }) =>
      void refusals.push(new EntraError(status, error, code, 'Refused because a test wants it.')),
    advance: (milliseconds) => clock.advance(milliseconds),
    signIn: (personId) => {
      const person = directory.person(personId);
      if (person === undefined) throw new Error(`There is no person ${personId} in the local cloud.`);
      signedIn = person;
    },
    revokeSessions: (personId) => grants.revoke(personId),
    stop,
  };
}

function summary(app: StoredApp, { groups, categories }: IntuneTenant, now: number): AppSummary {
  const { versionName, versionNumber, productVersion, displayVersion } = app.properties;
  const version = versionName ?? versionNumber ?? productVersion ?? displayVersion;
  return {
    id: app.id,
    type: app.type,
    displayName: String(app.properties.displayName ?? ''),
    version: typeof version === 'string' ? version : null,
    publishingState: publishingState(app, now),
    committedContentVersion: app.committedContentVersion,
    size: app.size,
    content: app.content,
    receivers: app.assignments.map((assignment) => receiver(assignment, groups)),
    categories: categories.filter(({ id }) => app.categoryIds.has(id)).map(({ displayName }) => displayName),
    owner: typeof app.properties.owner === 'string' ? app.properties.owner : null,
  };
}

function receiver({ intent, target }: Assignment, groups: IntuneTenant['groups']): string {
  const group = groups.find(({ id }) => id === target.groupId);
  const type = String(target['@odata.type']).replace(/^#microsoft\.graph\./, '');
  const who = String(group?.displayName ?? target.groupId ?? type);
  return type === 'exclusionGroupAssignmentTarget' ? `not ${who}` : `${intent}: ${who}`;
}

function pick<T extends object, K extends keyof T>(from: T, ...keys: K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<T, K>;
}
