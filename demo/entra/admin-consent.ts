import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { readBody, sendHtml } from '../http.ts';
import { html, page } from '../page.ts';
import type { AppRole } from '../roles.ts';
import type { AppRegistration, Person, ServicePrincipal, Tenant } from '../tenants.ts';
import type { Directory } from './directory.ts';
import { EntraError, isGuid } from './entra-error.ts';

export interface ConsentAsk {
  id: string;
  tenant: Tenant;
  registration: AppRegistration;
  redirectUri: string;
  scope: string;
  state: string | null;
  at: number;
}

export interface AdminConsentOptions {
  directory: Directory;
  clock: Clock;
  signedIn: () => Person;
  graphUrl: () => string;
  portalUrl: () => string;
}

const words: Partial<Record<AppRole, string>> = {
  'DeviceManagementApps.ReadWrite.All': 'Read and write Microsoft Intune apps',
  'DeviceManagementApps.Read.All': 'Read Microsoft Intune apps',
  'DeviceManagementManagedDevices.PrivilegedOperations.All':
    'Perform user-impacting remote actions on Microsoft Intune devices, such as wiping them',
  'GroupMember.Read.All': 'Read all group memberships',
};

const ticketLife = 10 * 60 * 1000;

/** Adds delegated permissions, for one person or with null for everybody. */
export function grantScopes(principal: ServicePrincipal, scopes: readonly AppRole[], personObjectId: string | null) {
  if (scopes.length === 0) return;
  const known = principal.scopeGrants.find((grant) => grant.personObjectId === personObjectId);
  if (known === undefined)
    principal.scopeGrants.push({
      id: randomBytes(24).toString('base64url'),
      personObjectId,
      scopes: [...scopes],
    });
  else known.scopes = [...new Set([...known.scopes, ...scopes])];
}

/** Grants what a registration asks for; roles stand in tokens a little later, as with Microsoft. */
export function grantRequestedRoles(
  directory: Directory,
  tenant: Tenant,
  registration: AppRegistration,
  now: number,
): void {
  let principal = directory.servicePrincipal(tenant, registration.appId);
  if (principal === undefined) {
    principal = {
      id: randomUUID(),
      appId: registration.appId,
      enabled: true,
      grants: [],
      scopeGrants: [],
      intuneApiRoles: [],
    };
    tenant.servicePrincipals.push(principal);
  }
  grantScopes(principal, registration.requestedScopes, null);
  for (const role of registration.requestedRoles)
    if (!principal.grants.some((grant) => grant.role === role))
      principal.grants.push({ role, assignmentId: randomBytes(24).toString('base64url'), createdAt: now });
}

/** `GET /{tenant}/v2.0/adminconsent`: https://learn.microsoft.com/entra/identity-platform/v2-admin-consent */
export class AdminConsent {
  readonly #options: AdminConsentOptions;
  readonly #tickets = new Map<string, ConsentAsk>();
  /** What people without the right to consent have asked an admin for. */
  readonly requests: { ask: ConsentAsk; by: Person }[] = [];

  constructor(options: AdminConsentOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse, tenantName: string, query: URLSearchParams) {
    try {
      if (request.method === 'GET') return this.#show(response, this.#read(tenantName, query));
      if (request.method === 'POST') {
        const form = new URLSearchParams((await readBody(request, 10_000)).toString('utf8'));
        return this.#decide(response, form);
      }
      sendHtml(response, 405, page('Not allowed', html`<h1>Not allowed</h1>`));
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      sendHtml(
        response,
        400,
        page(
          'Sign in to your account',
          html`<h1>Sorry, but we’re having trouble signing you in.</h1><p>AADSTS${String(error.code)}: ${error.message}</p>`,
        ),
      );
    }
  }

  #read(tenantName: string, query: URLSearchParams): ConsentAsk {
    const { directory, clock } = this.#options;
    const tenant = directory.tenantByName(tenantName);
    for (const name of query.keys())
      if (!['client_id', 'scope', 'redirect_uri', 'state'].includes(name))
        throw new EntraError(400, 'invalid_request', 9002313, `The local cloud does not know the parameter '${name}'.`);
    const registration = directory.appIn(tenant, this.#needed(query, 'client_id'));
    const redirectUri = this.#needed(query, 'redirect_uri');
    if (!registration.redirectUris.includes(redirectUri))
      throw new EntraError(
        400,
        'invalid_request',
        50011,
        `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${registration.appId}'.`,
      );
    const scope = this.#needed(query, 'scope');
    if (![`${this.#options.graphUrl()}/.default`, 'https://graph.microsoft.com/.default'].includes(scope))
      throw new EntraError(
        400,
        'invalid_scope',
        70011,
        `The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
      );
    const state = query.get('state');
    return { id: randomUUID(), tenant, registration, redirectUri, scope, state, at: clock.now() };
  }

  #needed(query: URLSearchParams, name: string): string {
    const value = query.get(name) ?? '';
    if (value === '')
      throw new EntraError(
        400,
        'invalid_request',
        900144,
        `The request body must contain the following parameter: '${name}'.`,
      );
    if (name === 'client_id' && !isGuid(value))
      throw new EntraError(400, 'invalid_request', 90112, 'Application identifier is expected to be a GUID.');
    return value;
  }

  #show(response: ServerResponse, ask: ConsentAsk): void {
    const now = this.#options.clock.now();
    for (const [id, old] of this.#tickets) if (old.at + ticketLife < now) this.#tickets.delete(id);
    this.#tickets.set(ask.id, ask);
    const person = this.#options.signedIn();
    const { registration, tenant } = ask;
    const who = html`<p class="soft">Signed in as ${person.displayName} (${person.jobTitle}).
      To be somebody else, choose them on the <a href="${this.#options.portalUrl()}">page of the local cloud</a> and reload this one.</p>`;
    const asked = html`<ul>${registration.requestedRoles.map((role) => html`<li>${words[role] ?? role} <span class="soft">(${role})</span></li>`)}</ul>`;
    const content = person.isGlobalAdministrator
      ? html`<p class="soft">Local cloud, playing Microsoft Entra</p><h1>Permissions requested</h1>
        <p><strong>${registration.displayName}</strong> (unverified) asks for access to <strong>${tenant.displayName}</strong>, for the whole organization:</p>
        ${asked}<p>The app gets these rights without a signed-in user.</p>
        <form method="post" class="row"><input type="hidden" name="ticket" value="${ask.id}">
        <button class="main" name="decision" value="accept">Accept</button> <button name="decision" value="cancel">Cancel</button></form>${who}`
      : html`<p class="soft">Local cloud, playing Microsoft Entra</p><h1>Approval required</h1>
        <p><strong>${registration.displayName}</strong> needs permissions in <strong>${tenant.displayName}</strong> that only an administrator can grant:</p>${asked}
        <form method="post" class="row"><input type="hidden" name="ticket" value="${ask.id}">
        <button class="main" name="decision" value="request">Request approval</button> <button name="decision" value="cancel">Back to app</button></form>${who}`;
    sendHtml(response, 200, page('Permissions requested', content));
  }

  #decide(response: ServerResponse, form: URLSearchParams): void {
    const ask = this.#tickets.get(form.get('ticket') ?? '');
    if (ask === undefined || ask.at + ticketLife < this.#options.clock.now())
      throw new EntraError(
        400,
        'invalid_request',
        90100,
        'This page has been used already, or it is too old. Open the link again.',
      );
    this.#tickets.delete(ask.id);
    const person = this.#options.signedIn();
    const decision = form.get('decision');
    const target = new URL(ask.redirectUri);
    target.searchParams.set('admin_consent', 'True');
    if (ask.state !== null) target.searchParams.set('state', ask.state);
    if (decision === 'accept' && person.isGlobalAdministrator) {
      grantRequestedRoles(this.#options.directory, ask.tenant, ask.registration, this.#options.clock.now());
      target.searchParams.set('tenant', ask.tenant.id);
      target.searchParams.set('scope', ask.scope);
    } else {
      // Entra gives the same answer to a refusal and to "Back to app" after a request for approval:
      // https://learn.microsoft.com/entra/identity/enterprise-apps/application-sign-in-unexpected-user-consent-error
      if (decision === 'request') this.requests.push({ ask, by: person });
      target.searchParams.set('error', 'access_denied');
      target.searchParams.set('error_description', 'AADSTS65004: User declined to consent to access the app.');
    }
    response.writeHead(302, { Location: target.href, 'Cache-Control': 'no-store', 'Content-Length': 0 });
    response.end();
  }

  /** An admin answers a request for approval on the portal. */
  answerRequest(id: string, approve: boolean): boolean {
    const index = this.requests.findIndex((entry) => entry.ask.id === id);
    const [entry] = index < 0 ? [] : this.requests.splice(index, 1);
    if (entry === undefined) return false;
    if (approve)
      grantRequestedRoles(this.#options.directory, entry.ask.tenant, entry.ask.registration, this.#options.clock.now());
    return true;
  }
}
