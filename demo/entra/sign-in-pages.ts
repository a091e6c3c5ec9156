import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { readBody, sendHtml } from '../http.ts';
import { type Html, html, page } from '../page.ts';
import type { AppRole } from '../roles.ts';
import { type AppRegistration, directoryRoles, type Person, type Tenant } from '../tenants.ts';
import { grantScopes } from './admin-consent.ts';
import type { Directory } from './directory.ts';
import { EntraError } from './entra-error.ts';
import type { UserGrants } from './user-grants.ts';
import { type AskedScopes, grantedScopes, readScopes } from './user-scopes.ts';

export interface SignInPagesOptions {
  directory: Directory;
  clock: Clock;
  grants: UserGrants;
  signedIn: () => Person;
  graphAudiences: () => string[];
  portalUrl: () => string;
}

interface Ask {
  id: string;
  tenant: Tenant;
  registration: AppRegistration;
  redirectUri: string;
  scopes: AskedScopes;
  state: string | null;
  nonce: string | null;
  challenge: string;
  prompt: string | null;
  at: number;
}

/** Somebody's right to be in a tenant; null for a stranger. */
type Account = Person['accounts'][number];

const known = new Set([
  'client_id',
  'response_type',
  'redirect_uri',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'login_hint',
  'domain_hint',
]);
/** What Microsoft's own libraries send beside the protocol's parameters. */
const tolerated =
  /^(x-client-[a-z-]+|clidata|x-app-(name|ver)|client_info|client-request-id|claims|instance_aware|X-AnchorMailbox)$/i;
const prompts = ['login', 'select_account', 'consent', 'none'];
const ticketLife = 10 * 60_000;
const declined = 'AADSTS65004: User declined to consent to access the app.';

/** `GET /{tenant}/oauth2/v2.0/authorize`: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow */
export class SignInPages {
  readonly #options: SignInPagesOptions;
  readonly #tickets = new Map<string, Ask>();

  constructor(options: SignInPagesOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse, tenantName: string, query: URLSearchParams) {
    try {
      if (request.method === 'GET') return this.#show(response, this.#read(tenantName, query));
      const form = new URLSearchParams((await readBody(request, 10_000)).toString('utf8'));
      return this.#decide(response, form);
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      // What is wrong with the app or the account is told to the person, never to the app: its address is not trusted yet.
      sendPage(
        response,
        400,
        html`<h1>Sorry, but we’re having trouble signing you in.</h1><p>AADSTS${String(error.code)}: ${error.message}</p>`,
      );
    }
  }

  #read(tenantName: string, query: URLSearchParams): Ask {
    const { directory, clock, graphAudiences } = this.#options;
    const tenant = directory.tenantByName(tenantName);
    for (const name of query.keys())
      if (!known.has(name) && !tolerated.test(name))
        throw new EntraError(400, 'invalid_request', 9002313, `The local cloud does not know the parameter '${name}'.`);
    const registration = directory.appIn(tenant, needed(query, 'client_id'));
    const redirectUri = needed(query, 'redirect_uri');
    if (!registration.redirectUris.includes(redirectUri))
      throw new EntraError(
        400,
        'invalid_request',
        50011,
        `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${registration.appId}'.`,
      );
    const only = (name: string, values: readonly string[], isNeeded: boolean) => {
      const value = query.get(name);
      if ((value === null && isNeeded) || (value !== null && !values.includes(value)))
        throw new EntraError(400, 'invalid_request', 900144, `The parameter '${name}' is missing or not played here.`);
      return value;
    };
    only('response_type', ['code'], true);
    only('response_mode', ['query'], false);
    only('code_challenge_method', ['S256'], true);
    const challenge = needed(query, 'code_challenge');
    if (!/^[A-Za-z0-9_-]{43}$/.test(challenge))
      throw new EntraError(400, 'invalid_request', 501491, `The size of the 'code_challenge' parameter is not valid.`);
    return {
      id: randomUUID(),
      tenant,
      registration,
      redirectUri,
      scopes: readScopes(needed(query, 'scope'), registration, graphAudiences()),
      state: query.get('state'),
      nonce: query.get('nonce'),
      challenge,
      prompt: only('prompt', prompts, false),
      at: clock.now(),
    };
  }

  #show(response: ServerResponse, ask: Ask) {
    const { clock, signedIn } = this.#options;
    const now = clock.now();
    for (const [id, old] of this.#tickets) if (old.at + ticketLife < now) this.#tickets.delete(id);
    const person = signedIn();
    const account = accountIn(person, ask.tenant);
    if (account === null)
      throw new EntraError(
        400,
        'invalid_request',
        50020,
        `User account '${person.userPrincipalName}' from identity provider 'local' does not exist in tenant '${ask.tenant.displayName}' and cannot access the application '${ask.registration.appId}'(${ask.registration.displayName}) in that tenant. The account needs to be added as an external user in the tenant first.`,
      );
    const principal = this.#options.directory.servicePrincipal(ask.tenant, ask.registration.appId);
    if (principal?.enabled === false)
      throw new EntraError(
        400,
        'unauthorized_client',
        7000112,
        `Application '${ask.registration.appId}'(${ask.registration.displayName}) is disabled.`,
      );
    const missing = this.#missing(ask, account);
    if (ask.prompt === 'none')
      return missing === null
        ? this.#signIn(response, ask, person)
        : back(response, ask, { error: 'interaction_required', error_description: 'AADSTS65001: Consent is needed.' });
    this.#tickets.set(ask.id, ask);
    const press = (decision: string, label: string, isMain = false) =>
      html`<button ${isMain ? html`class="main"` : html``} name="decision" value="${decision}">${label}</button>`;
    const form = (content: Html) =>
      html`<form method="post" class="row"><input type="hidden" name="ticket" value="${ask.id}">${content}</form>`;
    const { portalUrl } = this.#options;
    const who = html`<p class="soft">To be somebody else, choose them on the <a href="${portalUrl()}">page of the local cloud</a> and reload this one.</p>`;
    if (missing === null)
      return sendPage(
        response,
        200,
        html`<h1>Sign in</h1><p>to <strong>${ask.registration.displayName}</strong> in ${ask.tenant.displayName}, as <strong>${person.displayName}</strong> (${person.userPrincipalName})</p>
        ${form(html`${press('continue', 'Continue', true)} ${press('cancel', 'Cancel')}`)}${who}`,
      );
    const asked = html`<ul>${['View your basic profile', 'Maintain access to data you have given it access to', ...missing].map((words) => html`<li>${words}</li>`)}</ul>`;
    if (missing.length > 0 && !isGlobalAdministrator(account))
      return sendPage(
        response,
        200,
        html`<h1>Need admin approval</h1><p><strong>${ask.registration.displayName}</strong> needs permission to access resources in ${ask.tenant.displayName} that only an admin can grant. (AADSTS90094)</p>
        ${asked}${form(press('cancel', 'Return to the application without granting consent', true))}${who}`,
      );
    sendPage(
      response,
      200,
      html`<h1>Permissions requested</h1><p><strong>${ask.registration.displayName}</strong> (unverified) asks <strong>${person.displayName}</strong>:</p>${asked}
      ${form(html`${missing.length > 0 ? press('organization', 'Consent on behalf of your organization') : html``} ${press('continue', 'Accept', true)} ${press('cancel', 'Cancel')}`)}${who}`,
    );
  }

  /** Permissions that nobody has granted yet; null when there is nothing to ask. */
  #missing(ask: Ask, account: Account): AppRole[] | null {
    const principal = this.#options.directory.servicePrincipal(ask.tenant, ask.registration.appId);
    const granted = grantedScopes(principal, account.objectId);
    const missing = ask.scopes.graph.filter((scope) => !granted.includes(scope));
    return principal !== undefined && missing.length === 0 && ask.prompt !== 'consent' ? null : missing;
  }

  #decide(response: ServerResponse, form: URLSearchParams) {
    const { clock, directory, signedIn } = this.#options;
    const ask = this.#tickets.get(form.get('ticket') ?? '');
    if (ask === undefined || ask.at + ticketLife < clock.now())
      throw new EntraError(400, 'invalid_request', 90100, 'This page has been used already, or it is too old.');
    const person = signedIn();
    const account = accountIn(person, ask.tenant);
    const missing = account === null ? null : this.#missing(ask, account);
    const decision = form.get('decision');
    this.#tickets.delete(ask.id);
    if (account === null || decision === 'cancel')
      return back(response, ask, {
        error: 'access_denied',
        ...(missing === null ? { error_subcode: 'cancel' } : { error_description: declined }),
      });
    if (missing !== null) {
      if (missing.length > 0 && !isGlobalAdministrator(account))
        return back(response, ask, { error: 'access_denied', error_description: declined });
      let principal = directory.servicePrincipal(ask.tenant, ask.registration.appId);
      if (principal === undefined) {
        principal = {
          id: randomUUID(),
          appId: ask.registration.appId,
          enabled: true,
          grants: [],
          scopeGrants: [],
          intuneApiRoles: [],
        };
        ask.tenant.servicePrincipals.push(principal);
      }
      grantScopes(principal, missing, decision === 'organization' ? null : account.objectId);
    }
    this.#signIn(response, ask, person);
  }

  #signIn(response: ServerResponse, ask: Ask, person: Person): void {
    const { tenant, registration, scopes, redirectUri, challenge, nonce } = ask;
    const session = { tenant, registration, person, scopes: scopes.graph, standardScopes: scopes.standard };
    const code = this.#options.grants.issueCode({ session, redirectUri, challenge, nonce });
    back(response, ask, { code, session_state: randomUUID() });
  }
}

const accountIn = (person: Person, tenant: Tenant): Account | null =>
  person.accounts.find(({ tenantId }) => tenantId === tenant.id) ?? null;

const isGlobalAdministrator = (account: Account) => account.directoryRoles.includes(directoryRoles.globalAdministrator);

function sendPage(response: ServerResponse, status: number, content: Html): void {
  sendHtml(
    response,
    status,
    page('Sign in to your account', html`<p class="soft">Local cloud, playing Microsoft Entra</p>${content}`),
  );
}

function back(response: ServerResponse, ask: Ask, result: Record<string, string>): void {
  const target = new URL(ask.redirectUri);
  for (const [name, value] of Object.entries(result)) target.searchParams.set(name, value);
  if (ask.state !== null) target.searchParams.set('state', ask.state);
  response.writeHead(302, { Location: target.href, 'Cache-Control': 'no-store', 'Content-Length': 0 });
  response.end();
}

function needed(query: URLSearchParams, name: string): string {
  const value = query.get(name) ?? '';
  if (value === '')
    throw new EntraError(
      400,
      'invalid_request',
      900144,
      `The request body must contain the following parameter: '${name}'.`,
    );
  return value;
}
