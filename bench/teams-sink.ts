import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { registration } from './cast.ts';
import { createChannelIssuer } from './channel-tokens.ts';

/** What the bots see of Microsoft: the channel's keys, the login service and the connector, which keeps nothing. */
export interface TeamsSink {
  readonly port: number;
  /** With the tenant in its path, as Teams writes it. */
  serviceUrl(tenantId: string): string;
  /** Teams has one token per service URL and shows it for an hour. */
  authorizationFor(serviceUrl: string): string;
  close(): Promise<void>;
}

export interface TeamsSinkOptions {
  /** A bot has sent this to a conversation; what comes back is the reason to think it wrong. */
  onMessage(conversationId: string, body: string): void;
  /** Something that no bot should ask for. */
  onStranger(what: string): void;
}

const messagePath = /^\/emea\/[^/]+\/v3\/conversations\/([^/]+)\/activities(?:\/[^/?]+)?(?:\?.*)?$/;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  await once(request, 'end');
  return parts.length === 1 ? String(parts[0]) : Buffer.concat(parts).toString();
}

function answer(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

export async function openTeamsSink({ onMessage, onStranger }: TeamsSinkOptions): Promise<TeamsSink> {
  const issuer = createChannelIssuer();
  const botToken = `bench.${randomBytes(600).toString('base64url')}`;
  const expected = `Bearer ${botToken}`;
  const tokens = new Map<string, string>();
  let sent = 0;

  const refuse = (request: IncomingMessage, response: ServerResponse, status: number) => {
    onStranger(`${request.method} ${request.url} was answered ${status}`);
    request.resume();
    answer(response, status, { error: { code: 'Refused', message: 'The bench refuses this' } });
  };

  const receive = async (request: IncomingMessage, response: ServerResponse, conversationId: string) => {
    const body = await bodyOf(request);
    if (request.headers.authorization !== expected) return refuse(request, response, 401);
    sent += 1;
    answer(response, 201, { id: `1700${sent}` });
    onMessage(decodeURIComponent(conversationId), body);
  };

  const login = async (request: IncomingMessage, response: ServerResponse) => {
    const form = new URLSearchParams(await bodyOf(request));
    const known = form.get('client_id') === registration.appId && form.get('client_secret') === registration.password;
    if (!known) return refuse(request, response, 400);
    answer(response, 200, { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: botToken });
  };

  const server = createServer((request, response) => {
    const url = request.url ?? '';
    if (request.method === 'POST') {
      const conversationId = messagePath.exec(url)?.[1];
      if (conversationId !== undefined) return void receive(request, response, conversationId);
      if (url.startsWith(`/${registration.tenantId}/oauth2/v2.0/token`)) return void login(request, response);
    } else if (request.method === 'GET') {
      const { host } = request.headers;
      if (url === '/.well-known/openidconfiguration')
        return answer(response, 200, {
          issuer: registration.issuer,
          authorization_endpoint: `${registration.issuer}/authorize`,
          jwks_uri: `http://${host}/keys`,
          id_token_signing_alg_values_supported: ['RS256'],
          token_endpoint_auth_methods_supported: ['private_key_jwt'],
        });
      if (url === '/keys') return answer(response, 200, issuer.jwks);
      if (url.startsWith(`/${registration.tenantId}/v2.0/.well-known/openid-configuration`))
        // MSAL takes https only; who writes http for it on the wire reads these as http too.
        return answer(response, 200, {
          issuer: `https://${host}/${registration.tenantId}/v2.0`,
          authorization_endpoint: `https://${host}/${registration.tenantId}/oauth2/v2.0/authorize`,
          token_endpoint: `https://${host}/${registration.tenantId}/oauth2/v2.0/token`,
          jwks_uri: `https://${host}/${registration.tenantId}/discovery/v2.0/keys`,
        });
    }
    refuse(request, response, 404);
  });
  // Longer than any pause of the bench: a bot's connection never breaks while it waits for its round.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sink has no port');
  const { port } = address;

  return {
    port,
    serviceUrl: (tenantId) => `http://127.0.0.1:${port}/emea/${tenantId}/`,
    authorizationFor(serviceUrl) {
      const known = tokens.get(serviceUrl) ?? `Bearer ${issuer.tokenFor(serviceUrl)}`;
      tokens.set(serviceUrl, known);
      return known;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
