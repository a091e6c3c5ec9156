import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import { readBody, sendJson } from '../http.ts';
import type { AdminConsent } from './admin-consent.ts';
import type { Directory } from './directory.ts';
import { EntraError, entraErrorBody } from './entra-error.ts';
import type { SignInPages } from './sign-in-pages.ts';
import type { TokenEndpoint } from './token-endpoint.ts';
import type { TokenKeys } from './token-keys.ts';

export interface LoginServiceOptions {
  directory: Directory;
  keys: TokenKeys;
  tokens: TokenEndpoint;
  consent: AdminConsent;
  signIns: SignInPages;
  clock: Clock;
  faults: Faults;
  retryAfterSeconds: number;
  loginUrl: () => string;
  /** Tests put any code of Microsoft's into the next answer. */
  nextRefusal: () => EntraError | null;
}

/** The sign-in service: discovery, keys, sign-in, tokens and admin consent. */
export function loginService(options: LoginServiceOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', options.loginUrl());
    const [tenantName = '', ...rest] = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
    const requestId = header(request, 'client-request-id') ?? url.searchParams.get('client-request-id');
    const refuse = (error: EntraError, headers: Record<string, string> = {}) => {
      const body = entraErrorBody(error, options.clock.now(), options.loginUrl(), requestId);
      sendJson(response, error.status, body, {
        'x-ms-request-id': body.trace_id,
        'client-request-id': body.correlation_id,
        ...headers,
      });
    };
    const route = `${request.method} ${rest.join('/')}`;
    try {
      switch (route) {
        case 'GET discovery/instance':
          return sendJson(response, 200, instanceDiscovery(url, options.loginUrl()));
        case 'GET v2.0/.well-known/openid-configuration':
          return sendJson(response, 200, openIdConfiguration(tenantName, options));
        case 'GET discovery/v2.0/keys':
          options.directory.tenantByName(tenantName);
          return sendJson(response, 200, { keys: [await options.keys.published()] });
        case 'GET v2.0/adminconsent':
        case 'POST v2.0/adminconsent':
          return await options.consent.handle(request, response, tenantName, url.searchParams);
        case 'GET oauth2/v2.0/authorize':
        case 'POST oauth2/v2.0/authorize':
          return await options.signIns.handle(request, response, tenantName, url.searchParams);
        case 'POST oauth2/v2.0/token': {
          const scripted = options.nextRefusal();
          if (scripted !== null) return refuse(scripted);
          const wait = { 'Retry-After': String(options.retryAfterSeconds) };
          if (options.faults.take('throttleLogin429'))
            return refuse(
              new EntraError(
                429,
                'temporarily_unavailable',
                90055,
                'The server has terminated the request because there are too many requests.',
              ),
              wait,
            );
          if (options.faults.take('login503'))
            return refuse(
              new EntraError(
                503,
                'temporarily_unavailable',
                90033,
                'A transient error has occurred. Please try again.',
              ),
              wait,
            );
          return sendJson(response, 200, await options.tokens.answer(tenantName, await tokenForm(request)));
        }
        default:
          return refuse(new EntraError(404, 'invalid_request', 900561, `The endpoint '${route}' does not exist.`));
      }
    } catch (error) {
      if (error instanceof EntraError) return refuse(error);
      throw error;
    }
  };
}

const header = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};

async function tokenForm(request: IncomingMessage): Promise<URLSearchParams> {
  const type = header(request, 'content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded'))
    throw new EntraError(400, 'invalid_request', 900561, 'The endpoint only accepts POST requests with a form.');
  const form = new URLSearchParams((await readBody(request, 64 * 1024)).toString('utf8'));
  const basic = /^Basic (.+)$/i.exec(header(request, 'authorization') ?? '')?.[1];
  if (basic !== undefined) {
    const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s);
    if (!form.has('client_id')) form.set('client_id', decodeURIComponent(id));
    if (!form.has('client_secret')) form.set('client_secret', decodeURIComponent(secret));
  }
  return form;
}

/** Asked by libraries that do not take the host on trust. */
function instanceDiscovery(url: URL, loginUrl: string) {
  const host = new URL(loginUrl).host;
  const asked = url.searchParams.get('authorization_endpoint');
  const tenant = asked === null ? 'common' : (new URL(asked).pathname.split('/')[1] ?? 'common');
  return {
    tenant_discovery_endpoint: `${loginUrl}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

function openIdConfiguration(tenantName: string, { directory, loginUrl }: LoginServiceOptions) {
  const isShared = ['common', 'organizations', 'consumers'].includes(tenantName);
  const id = isShared ? '{tenantid}' : directory.tenantByName(tenantName).id;
  const base = `${loginUrl()}/${tenantName}`;
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    issuer: `${loginUrl()}/${id}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    response_types_supported: ['code', 'id_token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    tenant_region_scope: 'EU',
    cloud_instance_name: new URL(loginUrl()).host,
  };
}
