import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../../src/bot/clock.ts';
import type { Card } from '../../src/cards/card.ts';
import type { BotConfig } from '../../src/config.ts';
import { type ChannelKey, type ChannelKeys, channelKeys, signToken } from './channel-keys.ts';
import { ConnectorServer, type Failure, type Operation, type RegisteredBot } from './connector-server.ts';
import { botName, type FakeMessage, type FakePlace, type Person, type Team, TeamsWorld } from './teams-world.ts';

export type { FakeMessage, FakePlace, Person, Team } from './teams-world.ts';

export interface FakeTeamsOptions {
  homeTenantId?: string;
  appId?: string;
  /** What its limits are counted by. */
  clock?: Clock;
}

export interface SayOptions {
  /** False leaves the bot unmentioned; Teams delivers that in personal chats only. */
  mention?: boolean;
  /** The thread's first message. */
  thread?: FakeMessage | string;
  people?: Person[];
  /** The text of the message as it is, tags included. */
  raw?: string;
  /** Delivered again under the same id. */
  activityId?: string;
}

export interface PressOptions {
  trigger?: 'manual' | 'automatic';
  activityId?: string;
}

export interface TokenOptions {
  issuer?: string;
  audience?: string;
  /** Null leaves the claim out. */
  serviceUrl?: string | null;
  notBefore?: number;
  expires?: number;
  extra?: Record<string, unknown>;
  key?: keyof ChannelKeys | ChannelKey;
  kid?: string;
}

export interface Delivered {
  status: number;
  /** The body as it came, empty where there was none. */
  raw: string;
}

/** What a press was answered with. */
export interface Pressed extends Delivered {
  answer: { statusCode: number; type: string; value: unknown };
  card: Card | null;
  text: string | null;
}

const issuer = 'https://api.botframework.com';

/** Teams and the Bot Framework around a bot under test. Everything passes over HTTP on loopback. */
export class FakeTeams {
  readonly world: TeamsWorld;
  readonly connector: ConnectorServer;
  readonly bot: RegisteredBot;
  readonly keys: ChannelKeys;
  /** What its limits are counted by. */
  readonly clock: Clock;
  #messagesUrl = '';
  #token: string | null = null;

  private constructor(
    world: TeamsWorld,
    connector: ConnectorServer,
    bot: RegisteredBot,
    keys: ChannelKeys,
    clock: Clock,
  ) {
    this.world = world;
    this.connector = connector;
    this.bot = bot;
    this.keys = keys;
    this.clock = clock;
  }

  static async start(options: FakeTeamsOptions = {}): Promise<FakeTeams> {
    const homeTenantId = options.homeTenantId ?? randomUUID();
    const bot: RegisteredBot = {
      appId: options.appId ?? randomUUID(),
      appPassword: `pass-${randomUUID()}`,
      appTenantId: homeTenantId,
      oauthScope: issuer,
    };
    const world = new TeamsWorld(homeTenantId);
    const keys = await channelKeys();
    const clock = options.clock ?? systemClock;
    const connector = new ConnectorServer(world, bot, keys, () => clock.now());
    await connector.listen();
    return new FakeTeams(world, connector, bot, keys, clock);
  }

  close(): Promise<void> {
    return this.connector.close();
  }

  get serviceUrl(): string {
    return `http://${this.connector.host}/`;
  }

  get homeTenantId(): string {
    return this.world.homeTenantId;
  }

  botConfig(): BotConfig {
    return {
      appType: 'SingleTenant',
      appId: this.bot.appId,
      appPassword: this.bot.appPassword,
      appTenantId: this.bot.appTenantId,
      tokenIssuer: issuer,
      openIdMetadataUrl: `http://${this.connector.host}/v1/.well-known/openidconfiguration`,
      loginUrl: `http://${this.connector.host}`,
      oauthScope: this.bot.oauthScope,
      serviceHosts: [this.connector.host],
    };
  }

  /** Where the bot takes activities: `http://127.0.0.1:port/api/messages`. */
  connect(messagesUrl: string): void {
    this.#messagesUrl = messagesUrl;
  }

  person(name: string, options: Partial<Pick<Person, 'tenantId' | 'userRole' | 'objectId'>> = {}): Person {
    return this.world.person(name, options);
  }

  /** A team with its General channel, the bot not yet in it. */
  team(name: string, members: Person[]): { team: Team; general: FakePlace } {
    const team = this.world.team(name, members);
    return { team, general: this.world.channel(team) };
  }

  channel(team: Team, name: string, type: 'standard' | 'shared' | 'private' = 'standard'): FakePlace {
    return this.world.channel(team, name, type);
  }

  groupChat(name: string, members: Person[]): FakePlace {
    return this.world.groupChat(name, members);
  }

  personalChat(person: Person): FakePlace {
    return this.world.personalChat(person);
  }

  /** Adds the bot as Teams does, with both of the events that tell of it. */
  async install(place: FakePlace, by: Person): Promise<Delivered> {
    for (const each of this.#sameInstall(place)) each.botInside = true;
    const added = { ...this.#base(place, by), membersAdded: [{ id: this.#botId }] };
    await this.deliver({ ...added, type: 'conversationUpdate', from: nameless(by) });
    return this.deliver({ ...this.#base(place, by), type: 'installationUpdate', action: 'add', from: nameless(by) });
  }

  async uninstall(place: FakePlace, by: Person): Promise<Delivered> {
    const told = await this.deliver({
      ...this.#base(place, by),
      type: 'installationUpdate',
      action: 'remove',
      from: nameless(by),
    });
    for (const each of this.#sameInstall(place)) each.botInside = false;
    return told;
  }

  /** Takes somebody out of a team or chat; `quietly` when the event that tells of it never comes. */
  async leave(place: FakePlace, person: Person, how: 'told' | 'quietly' = 'told'): Promise<void> {
    for (const each of this.#sameInstall(place))
      if (each.members.includes(person)) each.members.splice(each.members.indexOf(person), 1);
    if (how === 'quietly') return;
    const membersRemoved = [{ id: person.teamsId }];
    await this.deliver({
      ...this.#base(place, person),
      type: 'conversationUpdate',
      membersRemoved,
      from: nameless(person),
    });
  }

  /** Somebody who was a member comes back as a guest. */
  async becomeGuest(place: FakePlace, person: Person): Promise<void> {
    await this.leave(place, person);
    person.userRole = 'guest';
    place.members.push(person);
  }

  /** A message of a person; in channels and group chats it mentions the bot, as it must to be delivered. */
  async say(
    person: Person,
    place: FakePlace,
    text: string,
    options: SayOptions = {},
  ): Promise<Delivered & { message: FakeMessage }> {
    const id = options.activityId ?? this.world.nextId();
    const mention = options.mention ?? place.kind !== 'personal';
    const at = `<at>${botName}</at>`;
    const people = options.people ?? [];
    const spoken = options.raw ?? `${mention ? `${at}&nbsp;` : ''}${text}`;
    const message = this.#post(place, person, id, spoken, options.thread);
    const told = await this.deliver({
      ...this.#base(place, person, message.threadId),
      type: 'message',
      id,
      text: spoken,
      textFormat: 'plain',
      attachments: [{ contentType: 'text/html', content: `<div>${spoken}</div>` }],
      entities: [
        ...(mention ? [{ type: 'mention', text: at, mentioned: { id: this.#botId, name: botName } }] : []),
        ...people.map((other) => ({
          type: 'mention',
          text: `<at>${other.name}</at>`,
          mentioned: { id: other.teamsId, name: other.name },
        })),
        { type: 'clientInfo', locale: 'en-US', country: 'US', platform: 'Web' },
      ],
    });
    return { ...told, message };
  }

  async press(
    person: Person,
    message: FakeMessage,
    verb: string,
    data: Record<string, unknown> = {},
    options: PressOptions = {},
  ): Promise<Pressed> {
    const told = await this.deliver({
      ...this.#base(message.place, person, message.threadId),
      type: 'invoke',
      name: 'adaptiveCard/action',
      id: options.activityId ?? `f:${randomUUID()}`,
      replyToId: message.id,
      value: {
        action: { type: 'Action.Execute', title: verb, verb, data },
        trigger: options.trigger ?? 'manual',
      },
    });
    const answer =
      told.raw === '' ? { statusCode: 0, type: '', value: null } : (JSON.parse(told.raw) as Pressed['answer']);
    const card = answer.type === 'application/vnd.microsoft.card.adaptive' ? (answer.value as Card) : null;
    const text = answer.type === 'application/vnd.microsoft.activity.message' ? String(answer.value) : null;
    if (card !== null) message.views.set(person.teamsId, card);
    return { ...told, answer, card, text };
  }

  /** A press by a client that only knows Action.Submit. */
  submit(person: Person, message: FakeMessage, data: Record<string, unknown>): Promise<Delivered> {
    return this.deliver({
      ...this.#base(message.place, person, message.threadId),
      type: 'message',
      id: this.world.nextId(),
      replyToId: message.id,
      value: data,
    });
  }

  attachFile(person: Person, file: { name: string; downloadUrl: string }): Promise<Delivered> {
    const place = this.personalChat(person);
    return this.deliver({
      ...this.#base(place, person),
      type: 'message',
      id: this.world.nextId(),
      text: '',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.teams.file.download.info',
          contentUrl: 'https://contoso-my.sharepoint.com/personal/file',
          name: file.name,
          content: { downloadUrl: file.downloadUrl, uniqueId: randomUUID(), fileType: file.name.split('.').at(-1) },
        },
        { contentType: 'text/html', content: '<div><attachment></attachment></div>' },
      ],
    });
  }

  /** What the bot wrote, oldest first, without what was deleted. */
  messages(place: FakePlace): FakeMessage[] {
    return place.messages.filter((message) => message.from === 'bot' && !message.deleted);
  }

  lastMessage(place: FakePlace): FakeMessage {
    const message = this.messages(place).at(-1);
    if (message === undefined) throw new Error(`The bot wrote nothing in ${place.name}`);
    return message;
  }

  /** A person deletes it, or Teams loses it. */
  deleteMessage(message: FakeMessage): void {
    message.deleted = true;
  }

  failNext(operation: Operation, failure: Failure, times = 1): void {
    this.connector.failNext(operation, failure, times);
  }

  /** The parts that every activity from a place has; for tests that write their own. */
  activity(place: FakePlace, person: Person, rest: Record<string, unknown>): Record<string, unknown> {
    return { ...this.#base(place, person), id: this.world.nextId(), ...rest };
  }

  async token(options: TokenOptions = {}): Promise<string> {
    const key = typeof options.key === 'object' ? options.key : this.keys[options.key ?? 'own'];
    return signToken({
      issuer: options.issuer ?? issuer,
      audience: options.audience ?? this.bot.appId,
      serviceUrl: options.serviceUrl === undefined ? this.serviceUrl : options.serviceUrl,
      key,
      ...(options.notBefore === undefined ? {} : { notBefore: options.notBefore }),
      ...(options.expires === undefined ? {} : { expires: options.expires }),
      ...(options.extra === undefined ? {} : { extra: options.extra }),
      ...(options.kid === undefined ? {} : { kid: options.kid }),
    });
  }

  /** Sends an activity with a good token, or with the header given; null sends none. */
  async deliver(
    activity: unknown,
    headers: { authorization?: string | null; contentType?: string } = {},
  ): Promise<Delivered> {
    this.#token ??= await this.token();
    const authorization = headers.authorization === undefined ? `Bearer ${this.#token}` : headers.authorization;
    const response = await fetch(this.#messagesUrl, {
      method: 'POST',
      headers: {
        'Content-Type': headers.contentType ?? 'application/json; charset=utf-8',
        ...(authorization === null ? {} : { Authorization: authorization }),
      },
      body: typeof activity === 'string' ? activity : JSON.stringify(activity),
    });
    return { status: response.status, raw: await response.text() };
  }

  get #botId(): string {
    return `28:${this.bot.appId}`;
  }

  #sameInstall(place: FakePlace): FakePlace[] {
    if (place.team === undefined) return [place];
    return this.world.places.filter((other) => other.team === place.team);
  }

  #post(
    place: FakePlace,
    from: Person,
    id: string,
    text: string,
    thread: FakeMessage | string | undefined,
  ): FakeMessage {
    const root = typeof thread === 'object' ? (thread.threadId ?? thread.id) : (thread ?? id);
    const message: FakeMessage = {
      id,
      place,
      threadId: place.kind === 'channel' ? root : null,
      from,
      text,
      summary: null,
      card: null,
      mentions: [],
      updates: 0,
      deleted: false,
      views: new Map(),
      activity: {},
    };
    place.messages.push(message);
    return message;
  }

  #base(place: FakePlace, person: Person, threadId: string | null = null): Record<string, unknown> {
    const { team, tenantId, kind } = place;
    const id = threadId === null ? place.conversationId : `${place.conversationId};messageid=${threadId}`;
    return {
      channelId: 'msteams',
      serviceUrl: this.serviceUrl,
      timestamp: new Date().toISOString(),
      locale: 'en-US',
      id: `f:${randomUUID()}`,
      from: { id: person.teamsId, name: person.name, aadObjectId: person.objectId },
      recipient: { id: this.#botId, name: botName },
      conversation: {
        id,
        tenantId,
        conversationType: kind,
        ...(kind === 'personal' ? {} : { isGroup: true }),
        ...(kind === 'groupChat' ? { name: place.name } : {}),
      },
      channelData: {
        tenant: { id: tenantId },
        ...(team === undefined
          ? {}
          : {
              team: { id: team.id, name: team.name },
              channel: {
                id: place.conversationId,
                ...(place.channelType === 'standard' ? {} : { type: place.channelType }),
              },
              teamsTeamId: team.id,
              teamsChannelId: place.conversationId,
            }),
      },
    };
  }
}

const nameless = (person: Person) => ({ id: person.teamsId, aadObjectId: person.objectId });
