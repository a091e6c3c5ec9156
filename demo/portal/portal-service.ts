import { randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { type AdminConsent, grantRequestedRoles } from '../entra/admin-consent.ts';
import type { Directory } from '../entra/directory.ts';
import type { SignInPages } from '../entra/sign-in-pages.ts';
import { type Faults, isFaultName } from '../faults.ts';
import { approvalStatus, type IntuneTenant } from '../graph/intune-tenant.ts';
import { readBody, sendHtml, sendJson } from '../http.ts';
import type { LocalCloudState } from '../local-cloud.ts';
import type { Person } from '../tenants.ts';
import { newSecretValue } from '../tenants.ts';
import { packageServer } from './packages.ts';
import { portalPage } from './portal-page.ts';

export interface PortalOptions {
  directory: Directory;
  intune: ReadonlyMap<string, IntuneTenant>;
  faults: Faults;
  consent: AdminConsent;
  signIns: SignInPages;
  clock: Clock;
  state: LocalCloudState;
  urls: { login: string; graph: string; storage: string; portal: string };
  /** Name → file. */
  packages: Readonly<Record<string, string>>;
  chatUrl: string | undefined;
  signedIn: () => Person;
  signIn: (person: Person) => void;
  /** Ends the sessions that apps hold of a person. */
  signOut: (person: Person) => void;
}

const halfYear = 180 * 24 * 60 * 60 * 1000;
const formLimit = 20_000;
const longestAnswer = 500;

/** The page of the local cloud: what "Intune" holds, the demo's people, and switches. Plain http, for this machine only. */
export function portalService(options: PortalOptions) {
  const servePackage = packageServer(options.packages);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', options.urls.portal);
    const [first = '', ...rest] = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
    if (!isFromHere(request, options.urls.portal)) {
      response.writeHead(403, { 'Content-Length': 0 });
      response.end();
      return;
    }
    // Microsoft's pages once more without TLS: browsers do not know the local cloud's certificates.
    const [tenant = '', ...below] = first === 'login' ? rest : [];
    const pages = { 'v2.0/adminconsent': options.consent, 'oauth2/v2.0/authorize': options.signIns }[below.join('/')];
    if (pages !== undefined) {
      await pages.handle(request, response, tenant, url.searchParams);
      return;
    }
    if (request.method === 'POST') {
      const body = await readBody(request, formLimit);
      const isDone =
        first === 'certificates'
          ? await addCertificate(options, body, request.headers['content-type'] ?? '')
          : act(options, first, new URLSearchParams(body.toString('utf8')));
      response.writeHead(isDone ? 303 : 400, { ...(isDone ? { Location: '/' } : {}), 'Content-Length': 0 });
      response.end();
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD, POST', 'Content-Length': 0 });
      response.end();
      return;
    }
    if (first === 'packages' && rest.length === 1) {
      await servePackage(request, response, rest[0] ?? '');
      return;
    }
    if (first === 'state' && rest.length === 0) {
      sendJson(response, 200, portalState(options));
      return;
    }
    // Links of Microsoft's portals may carry the tenant before the fragment.
    const isPage = first === '' || (rest.length === 0 && options.directory.tenant(first) !== undefined);
    if (isPage) sendHtml(response, 200, portalPage(options));
    else {
      response.writeHead(404, { 'Content-Length': 0 });
      response.end();
    }
  };
}

/** No page of another origin, and no name that merely resolves to this machine, may press the buttons. */
function isFromHere(request: IncomingMessage, portalUrl: string): boolean {
  const { host, port } = new URL(portalUrl);
  const hosts = [host, `localhost:${port}`, `[::1]:${port}`];
  if (!hosts.includes(request.headers.host ?? '')) return false;
  const { origin } = request.headers;
  return origin === undefined || request.method === 'GET' || hosts.some((name) => origin === `http://${name}`);
}

/** Certificates & secrets › Certificates › Upload certificate: takes the public part, as .cer or PEM. */
async function addCertificate({ directory }: PortalOptions, body: Buffer, contentType: string): Promise<boolean> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'Content-Type': contentType } }).formData();
    const registration = directory.registration(String(form.get('app')));
    const file = form.get('file');
    if (!registration || file === null || typeof file === 'string') return false;
    registration.certificates.push(new X509Certificate(Buffer.from(await file.arrayBuffer())).toString());
    return true;
  } catch {
    return false;
  }
}

function act(options: PortalOptions, action: string, form: URLSearchParams): boolean {
  const { directory, faults, consent, clock } = options;
  const field = (name: string) => form.get(name) ?? '';
  switch (action) {
    case 'people': {
      const person = directory.person(field('id'));
      if (person && field('decision') === 'revoke') options.signOut(person);
      else if (person) options.signIn(person);
      return person !== undefined;
    }
    case 'faults': {
      const name = field('name');
      if (!isFaultName(name)) return false;
      const times = Number(field('times'));
      if (field('switch') === 'off') faults.clear(name);
      else faults.set(name, Number.isInteger(times) && times > 0 ? times : undefined);
      return true;
    }
    case 'consent':
      return consent.answerRequest(field('id'), field('decision') === 'approve');
    case 'grants': {
      const tenant = directory.tenant(field('tenant'));
      const registration = directory.registration(field('app'));
      if (!tenant || !registration) return false;
      if (field('decision') === 'grant') grantRequestedRoles(directory, tenant, registration, clock.now());
      else directory.servicePrincipal(tenant, registration.appId)?.grants.splice(0);
      return true;
    }
    case 'secrets': {
      const registration = directory.registration(field('app'));
      if (!registration) return false;
      const now = clock.now();
      if (field('decision') === 'expire')
        for (const secret of registration.secrets) secret.endsAt = Math.min(secret.endsAt, now);
      else
        registration.secrets.push({
          keyId: randomUUID(),
          displayName: `Made on the portal ${randomBytes(2).toString('hex')}`,
          value: newSecretValue(),
          endsAt: now + halfYear,
        });
      return true;
    }
    case 'federation': {
      const registration = directory.registration(field('app'));
      if (!registration || field('subject') === '') return false;
      registration.federatedCredentials.push({
        name: `Added on the portal ${randomBytes(2).toString('hex')}`,
        issuer: field('issuer'),
        subject: field('subject'),
        audience: field('audience'),
        availableAt: clock.now(),
      });
      return true;
    }
    case 'approvals': {
      const request = options.intune.get(field('tenant'))?.approvals.find((entry) => entry.id === field('id'));
      if (request === undefined || approvalStatus(request, clock.now()) !== 'needsApproval') return false;
      if (field('decision') === 'expire') {
        request.expiresAt = clock.now();
        return true;
      }
      const { id, displayName } = options.signedIn();
      request.status = field('decision') === 'approve' ? 'approved' : 'rejected';
      request.approver = { id, displayName };
      request.answer = field('answer').slice(0, longestAnswer) || null;
      request.modifiedAt = clock.now();
      return true;
    }
    default:
      return false;
  }
}

/** The page's content for tests and scripts. */
function portalState(options: PortalOptions) {
  const { directory, intune, faults, consent, state, urls } = options;
  return {
    urls,
    signedIn: { id: options.signedIn().id, displayName: options.signedIn().displayName },
    tenants: directory.data.tenants.map((tenant) => ({
      id: tenant.id,
      displayName: tenant.displayName,
      hasIntune: tenant.hasIntune,
      apps: state.apps(tenant.id),
      approvals: intune.get(tenant.id)?.approvals ?? [],
      grants: tenant.servicePrincipals.map((principal) => ({
        appId: principal.appId,
        enabled: principal.enabled,
        roles: principal.grants.map((grant) => grant.role),
      })),
    })),
    credentials: directory.data.registrations.map((registration) => ({
      displayName: registration.displayName,
      tenantId: registration.homeTenantId,
      clientId: registration.appId,
      authUrl: `${urls.login}/${registration.homeTenantId}/oauth2/v2.0/token`,
      secrets: registration.secrets.map(({ keyId, displayName, value, endsAt }) => ({
        secretId: keyId,
        displayName,
        value,
        endsAt: new Date(endsAt).toISOString(),
      })),
    })),
    consentRequests: consent.requests.map(({ ask, by }) => ({
      id: ask.id,
      tenantId: ask.tenant.id,
      clientId: ask.registration.appId,
      by: by.displayName,
    })),
    faults: faults.list(),
    counters: state.counters,
  };
}
