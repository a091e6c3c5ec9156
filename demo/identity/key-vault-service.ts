import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { TokenKeys } from '../entra/token-keys.ts';
import { sendJson } from '../http.ts';

export interface VaultEntry {
  value: string;
  contentType?: string;
  endsAt?: number;
}

export interface KeyVaultServiceOptions {
  /** By name; changed by tests while it runs. */
  entries: ReadonlyMap<string, VaultEntry>;
  /** Who may read, by the object ids of their tokens. */
  readers: ReadonlySet<string>;
  keys: TokenKeys;
  clock: Clock;
  loginUrl: () => string;
  vaultUrl: () => string;
  tenantId: string;
}

export const vaultResource = 'https://vault.azure.net';

/** `GET /secrets/{name}[/{version}]`: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret */
export function keyVaultService(options: KeyVaultServiceOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', options.vaultUrl());
    const refuse = (status: number, code: string, message: string, headers: Record<string, string> = {}) =>
      sendJson(response, status, { error: { code, message } }, headers);
    if (!/^7\.\d$|^20\d\d-\d\d-\d\d$/.test(url.searchParams.get('api-version') ?? ''))
      return refuse(400, 'BadParameter', 'api-version must be specified');
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const claims =
      token === undefined ? 'invalid' : await options.keys.verify(token, [vaultResource], options.clock.now());
    if (typeof claims === 'string')
      return refuse(401, 'Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.', {
        'WWW-Authenticate': `Bearer authorization="${options.loginUrl()}/${options.tenantId}", resource="${vaultResource}"`,
      });
    if (!options.readers.has(String(claims.oid)))
      return refuse(403, 'Forbidden', 'The user, group or application does not have secrets get permission.');
    const [collection, name = '', version] = url.pathname.split('/').filter(Boolean);
    const entry = collection === 'secrets' && request.method === 'GET' ? options.entries.get(name) : undefined;
    if (entry === undefined) return refuse(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found.`);
    const now = Math.floor(options.clock.now() / 1000);
    sendJson(response, 200, {
      value: entry.value,
      ...(entry.contentType === undefined ? {} : { contentType: entry.contentType }),
      id: `${options.vaultUrl()}/secrets/${name}/${version ?? randomBytes(16).toString('hex')}`,
      attributes: {
        enabled: true,
        created: now - 3600,
        updated: now - 3600,
        ...(entry.endsAt === undefined ? {} : { exp: Math.floor(entry.endsAt / 1000) }),
      },
    });
  };
}
