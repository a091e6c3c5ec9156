import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import restify from 'restify';
import { type LocalCloud, startLocalCloud } from '../../../demo/local-cloud.ts';
import { appIds, personIds, tenantIds } from '../../../demo/tenants.ts';
import { createClouds } from '../../../src/graph/clouds.ts';
import type { VerifiedPerson } from '../../../src/graph/sign-in/id-token.ts';
import { UserClient } from '../../../src/graph/sign-in/user-client.ts';
import { addSignInRoutes } from '../../../src/http/signin/routes.ts';
import { createOutbound } from '../../../src/network/outbound.ts';
import { ProblemError } from '../../../src/problems/problem.ts';
import type { SignIn, SignInPurpose } from '../../../src/sign-in/sign-in.ts';
import { type NewSignIn, SignIns } from '../../../src/sign-in/sign-ins.ts';
import { connections, signIns as signInRows, workspaces } from '../../../src/store/schema.ts';
import { Browser, type BrowserOptions } from '../../fakes/browser.ts';
import { openTestDatabase } from '../../fakes/databases.ts';

export const publicUrl = 'https://quartermaster.example';

export interface SignInSite {
  cloud: LocalCloud;
  signIns: SignIns;
  accepted: { signIn: SignIn; person: VerifiedPerson; cache: string }[];
  logged(): string;
  /** The connection points somewhere else from now on. */
  changeConnection(): void;
  passMinutes(minutes: number): void;
  browser(options?: BrowserOptions): Browser;
  issue(change?: Partial<NewSignIn>): Promise<{ url: string; code: string }>;
  /** As at the start. */
  reset(): void;
  /** Everything the store keeps of sign-ins, as text. */
  stored(): Promise<string>;
  close(): Promise<void>;
}

/** The pages behind sign-in links on a real server, with the local cloud behind them. */
export async function startSignInSite(): Promise<SignInSite> {
  const cloud = await startLocalCloud({ redirectUris: [`${publicUrl}/signin/callback`] });
  const clouds = createClouds({
    label: 'Local cloud',
    loginUrl: cloud.loginUrl,
    graphUrl: cloud.graphUrl,
    portalUrl: cloud.portalUrl,
    storageHosts: [],
    ca: cloud.caPem,
  });
  const [custom] = clouds.list;
  if (custom === undefined) throw new Error('No cloud');
  const outbound = createOutbound({ privateHosts: clouds.privateHosts, ca: cloud.caPem });
  const database = await openTestDatabase();
  const [workspace] = await database.db
    .insert(workspaces)
    .values({ homeTenantId: tenantIds.contoso, kind: 'team', teamsKey: 'key', name: 'Mobile <b>' })
    .returning();
  const [connection] = await database.db
    .insert(connections)
    .values({
      workspaceId: workspace!.id,
      name: 'Contoso',
      nameKey: 'contoso',
      cloud: 'custom',
      tenantId: tenantIds.contoso,
      clientId: appIds.contosoSignIn,
      mode: 'custom',
      permissionKind: 'delegated',
      credentialKind: 'secret',
      status: 'notFinished',
    })
    .returning();
  let shift = 0;
  let isChanged = false;
  const signIns = new SignIns({
    db: database.db,
    users: new UserClient({ outbound }),
    publicUrl,
    now: () => new Date(Date.now() + shift),
  });
  const accepted: SignInSite['accepted'] = [];
  const handlerFor = (purpose: SignInPurpose, scopes: string[]) =>
    signIns.handle(purpose, {
      subject: async () => {
        if (isChanged) throw new ProblemError('connectionChanged');
        const secret = cloud.tenants.registrations.find(({ appId }) => appId === appIds.contosoSignIn)?.secrets[0];
        return {
          app: {
            cloud: custom,
            tenantId: tenantIds.contoso,
            clientId: appIds.contosoSignIn,
            proof: async () => ({ clientSecret: secret?.value ?? '' }),
          },
          scopes,
          connectionName: 'Contoso production',
          purpose: 'Publishes in your name.',
          rights: ['add and change apps'],
        };
      },
      accept: async (signIn, signedIn) => {
        accepted.push({ signIn, ...signedIn });
        return `Signed in as ${signedIn.person.name}.`;
      },
    });
  handlerFor('delegated', ['DeviceManagementApps.ReadWrite.All']);
  handlerFor('tenantProof', []);

  const lines: string[] = [];
  const log = pino(
    { level: 'trace' },
    new Writable({
      write(chunk, _encoding, callback) {
        lines.push(String(chunk));
        callback();
      },
    }),
  );
  const server = restify.createServer();
  addSignInRoutes(server, { signIns, publicUrl, log });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;

  return {
    cloud,
    signIns,
    accepted,
    logged: () => lines.join(''),
    changeConnection: () => {
      isChanged = true;
    },
    passMinutes: (minutes) => {
      shift += minutes * 60_000;
    },
    browser: (options = {}) => new Browser({ ca: cloud.caPem, hosts: { [publicUrl]: url }, ...options }),
    issue: (change = {}) =>
      signIns.issue({
        purpose: 'delegated',
        workspaceId: workspace!.id,
        connectionId: connection!.id,
        connectionRevision: 1,
        expectedTenantId: tenantIds.contoso,
        homeTenantId: tenantIds.contoso,
        requester: { objectId: personIds.alex, name: 'Alex Wilber', teamsId: '29:alex' },
        place: {
          homeTenantId: tenantIds.contoso,
          conversationKind: 'personal',
          conversationId: 'a:1',
          serviceUrl: 'https://smba.example/',
        },
        ...change,
      }),
    reset: () => {
      shift = 0;
      isChanged = false;
      accepted.length = 0;
      lines.length = 0;
    },
    stored: async () => JSON.stringify(await database.db.select().from(signInRows)),
    close: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await database.close();
      await outbound.close();
      await cloud.stop();
    },
  };
}
