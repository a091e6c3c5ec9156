import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Card } from '../../src/cards/card.ts';
import type { ChannelKeys } from './channel-keys.ts';
import { ConnectorLimits, type LimitKind } from './connector-limits.ts';
import type { FakeMessage, FakePlace, TeamsWorld } from './teams-world.ts';

export type Operation = 'metadata' | 'keys' | 'login' | 'send' | 'update' | 'delete' | 'member';

export interface ConnectorCall {
  operation: Operation;
  conversationId: string | null;
  status: number;
}

export type Failure =
  | { status: number; code?: string; retryAfter?: number | string; location?: string }
  /** The request has its effect and its answer is never seen. */
  | { cut: 'afterEffect' }
  | { cut: 'before' }
  | { delayMs: number };

export interface RegisteredBot {
  appId: string;
  appPassword: string;
  appTenantId: string;
  oauthScope: string;
}

interface PlannedFailure {
  operation: Operation;
  times: number;
  failure: Failure;
}

const largestBody = 100 * 1024;
const cardType = 'application/vnd.microsoft.card.adaptive';

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfter: number | string | undefined;

  constructor(status: number, code: string, retryAfter?: number | string) {
    super(code);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** The connector, the token issuer and the login host of the Bot Framework, on loopback, as strict as the real ones. */
export class ConnectorServer {
  readonly calls: ConnectorCall[] = [];
  limited = true;
  readonly #world: TeamsWorld;
  readonly #bot: RegisteredBot;
  readonly #keys: ChannelKeys;
  readonly #now: () => number;
  readonly #limits = new ConnectorLimits();
  readonly #tokens = new Set<string>();
  readonly #planned: PlannedFailure[] = [];
  readonly #server: Server;

  constructor(world: TeamsWorld, bot: RegisteredBot, keys: ChannelKeys, now: () => number) {
    this.#world = world;
    this.#bot = bot;
    this.#keys = keys;
    this.#now = now;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  failNext(operation: Operation, failure: Failure, times = 1): void {
    this.#planned.push({ operation, failure, times });
  }

  clearFailures(): void {
    this.#planned.length = 0;
  }

  /** Makes the tokens that were given so far worthless. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  countOf(operation: Operation): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', `http://${this.host}`).pathname);
    const operation = operationOf(request.method ?? '', path);
    const conversationId = /^\/v3\/conversations\/([^/]+)/.exec(path)?.[1] ?? null;
    const body = await readBody(request);
    const note = (status: number) => this.calls.push({ operation: operation ?? 'metadata', conversationId, status });
    if (operation === null) {
      note(404);
      return send(response, 404, { error: { code: 'NotFound', message: `${request.method} ${path}` } });
    }
    const failure = this.#plannedFor(operation);
    if (failure !== null && 'delayMs' in failure) await new Promise((done) => setTimeout(done, failure.delayMs));
    if (failure !== null && 'cut' in failure && failure.cut === 'before') return void request.socket.destroy();
    try {
      if (failure !== null && 'location' in failure) response.setHeader('Location', failure.location ?? '');
      if (failure !== null && 'status' in failure)
        throw new Refused(failure.status, failure.code ?? 'Injected', failure.retryAfter);
      const answer = this.#answer(operation, path, body, request);
      note(answer.status);
      if (failure !== null && 'cut' in failure) return void request.socket.destroy();
      send(response, answer.status, answer.body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      note(error.status);
      if (error.retryAfter !== undefined) response.setHeader('Retry-After', String(error.retryAfter));
      send(response, error.status, { error: { code: error.code, message: 'Refused by the fake' } });
    }
  }

  #plannedFor(operation: Operation): Failure | null {
    const index = this.#planned.findIndex((planned) => planned.operation === operation);
    const planned = this.#planned[index];
    if (planned === undefined) return null;
    planned.times -= 1;
    if (planned.times <= 0) this.#planned.splice(index, 1);
    return planned.failure;
  }

  #answer(
    operation: Operation,
    path: string,
    body: string,
    request: IncomingMessage,
  ): { status: number; body: unknown } {
    switch (operation) {
      case 'metadata':
        return { status: 200, body: this.#metadata(path) };
      case 'keys':
        return { status: 200, body: { keys: [this.#keys.own.jwk, this.#keys.unendorsed.jwk] } };
      case 'login':
        return { status: 200, body: this.#login(path, body) };
      default:
        this.#authorize(request);
        return this.#conversation(operation, path, body);
    }
  }

  #metadata(path: string): unknown {
    if (path === '/v1/.well-known/openidconfiguration')
      return { issuer: 'https://api.botframework.com', jwks_uri: `http://${this.host}/v1/.well-known/keys` };
    // MSAL takes https addresses only; the bot's plain network writes them as http.
    const tenant = this.#bot.appTenantId;
    const login = `https://${this.host}/${tenant}`;
    return {
      issuer: `${login}/v2.0`,
      authorization_endpoint: `${login}/oauth2/v2.0/authorize`,
      token_endpoint: `${login}/oauth2/v2.0/token`,
      jwks_uri: `${login}/discovery/v2.0/keys`,
    };
  }

  #login(path: string, body: string): unknown {
    const form = new URLSearchParams(body);
    const expected: Record<string, string> = {
      grant_type: 'client_credentials',
      client_id: this.#bot.appId,
      client_secret: this.#bot.appPassword,
      scope: `${this.#bot.oauthScope}/.default`,
    };
    if (path !== `/${this.#bot.appTenantId}/oauth2/v2.0/token`) throw new Refused(400, 'invalid_tenant');
    // MSAL adds its own scopes.
    const scopes = (form.get('scope') ?? '').split(' ');
    for (const [name, value] of Object.entries(expected))
      if (name === 'scope' ? !scopes.includes(value) : form.get(name) !== value)
        throw new Refused(401, 'invalid_client');
    const token = randomBytes(24).toString('base64url');
    this.#tokens.add(token);
    return { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token };
  }

  #authorize(request: IncomingMessage): void {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !this.#tokens.has(token)) throw new Refused(401, 'BotNotRegistered');
  }

  #limit(kind: LimitKind, place: FakePlace): void {
    if (!this.limited) return;
    const at = this.#now();
    const wait =
      this.#limits.arrive(kind, place.conversationId, at) ?? this.#limits.arrive('tenant', place.tenantId, at);
    if (wait !== null) throw new Refused(429, 'TooManyRequests', wait);
  }

  #conversation(operation: Operation, path: string, body: string): { status: number; body: unknown } {
    const [, conversation = '', kind, id] =
      /^\/v3\/conversations\/([^/]+)\/(activities|members)(?:\/(.+))?$/.exec(path) ?? [];
    const [conversationId = '', threadId = null] = conversation.split(';messageid=');
    const place = this.#world.find(conversationId);
    if (place === undefined) throw new Refused(404, 'ConversationNotFound');
    this.#limit(kind === 'members' ? 'members' : 'write', place);
    if (!place.botInside) throw new Refused(403, 'BotNotInConversationRoster');
    if (operation === 'member') return { status: 200, body: this.#member(place, id ?? '') };
    if (threadId !== null && (place.kind !== 'channel' || !isThread(place, threadId)))
      throw new Refused(404, 'ConversationNotFound');
    if (operation === 'delete') return this.#delete(place, id ?? '');
    if (Buffer.byteLength(body) > largestBody) throw new Refused(413, 'MessageSizeTooBig');
    const activity = readActivity(body);
    if (operation === 'update') return this.#update(place, id ?? '', activity);
    return this.#send(place, threadId, activity);
  }

  #member(place: FakePlace, id: string): unknown {
    const person = place.members.find((member) => member.teamsId === id || member.objectId === id);
    if (person === undefined) throw new Refused(404, 'MemberNotFoundInConversation');
    const { teamsId, name, objectId, tenantId, userRole } = person;
    return { id: teamsId, name, aadObjectId: objectId, objectId, tenantId, userRole, email: `${objectId}@example.com` };
  }

  #delete(place: FakePlace, id: string) {
    const message = findMessage(place, id);
    message.deleted = true;
    return { status: 200, body: {} };
  }

  #update(place: FakePlace, id: string, activity: Activity) {
    const message = findMessage(place, id);
    if (message.from !== 'bot') throw new Refused(403, 'NotEnoughPermissions');
    Object.assign(message, contentOf(activity));
    message.updates += 1;
    message.views.clear();
    return { status: 200, body: { id } };
  }

  #send(place: FakePlace, threadId: string | null, activity: Activity) {
    const id = this.#world.nextId();
    const root = place.kind === 'channel' ? (threadId ?? id) : null;
    place.messages.push({
      id,
      place,
      threadId: root,
      from: 'bot',
      updates: 0,
      deleted: false,
      views: new Map(),
      ...contentOf(activity),
    });
    return { status: 201, body: { id } };
  }
}

interface Activity extends Record<string, unknown> {
  text?: string;
  summary?: string;
  attachments?: { contentType: string; content: unknown }[];
  entities?: { type: string; text?: string; mentioned?: { id?: string } }[];
}

function readActivity(body: string): Activity {
  const activity = JSON.parse(body) as Activity & { type?: string };
  if (activity.type !== 'message') throw new Refused(400, 'BadArgument');
  const { attachments = [], entities = [], text = '' } = activity;
  if (text === '' && attachments.length === 0) throw new Refused(400, 'BadSyntax');
  // Teams splits these into two messages and gives no id to update.
  if (text !== '' && attachments.length > 0) throw new Refused(400, 'TextBesideAttachment');
  for (const { contentType, content } of attachments) {
    const card = content as Card;
    if (contentType !== cardType || card.type !== 'AdaptiveCard' || card.version !== '1.5')
      throw new Refused(400, 'InvalidAttachment');
  }
  for (const entity of entities)
    if (entity.type === 'mention' && !text.includes(entity.text ?? '\0')) throw new Refused(400, 'InvalidMention');
  return activity;
}

function contentOf(activity: Activity): Pick<FakeMessage, 'text' | 'summary' | 'card' | 'mentions' | 'activity'> {
  return {
    text: activity.text ?? null,
    summary: activity.summary ?? null,
    card: (activity.attachments?.[0]?.content as Card | undefined) ?? null,
    mentions: (activity.entities ?? []).flatMap((entity) => entity.mentioned?.id ?? []),
    activity,
  };
}

function findMessage(place: FakePlace, id: string): FakeMessage {
  const message = place.messages.find((entry) => entry.id === id && !entry.deleted);
  if (message === undefined) throw new Refused(404, 'ActivityNotFoundInConversation');
  return message;
}

const isThread = (place: FakePlace, threadId: string) =>
  place.messages.some((message) => message.id === threadId && !message.deleted);

function operationOf(method: string, path: string): Operation | null {
  if (method === 'GET' && path.endsWith('/.well-known/openidconfiguration')) return 'metadata';
  if (method === 'GET' && path.endsWith('/.well-known/openid-configuration')) return 'metadata';
  if (method === 'GET' && path === '/v1/.well-known/keys') return 'keys';
  if (method === 'POST' && path.endsWith('/oauth2/v2.0/token')) return 'login';
  const found = /^\/v3\/conversations\/[^/]+\/(activities|members)(\/.+)?$/.exec(path);
  if (found === null) return null;
  const [, kind, id] = found;
  if (kind === 'members') return method === 'GET' && id !== undefined ? 'member' : null;
  if (method === 'POST' && id === undefined) return 'send';
  if (method === 'PUT' && id !== undefined) return 'update';
  return method === 'DELETE' && id !== undefined ? 'delete' : null;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
