import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

const pictures = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A card of the bot as its client got it. */
export interface SentCard {
  id: string;
  conversationId: string;
  card: Record<string, unknown>;
}

/** What a card's own buttons send. */
export interface Press {
  verb: string;
  data: Record<string, unknown>;
}

export interface AnotherPerson {
  id: string;
  name: string;
}

/** Microsoft's own chat client, driven as a person would. */
export class Playground {
  readonly page: Page;
  readonly #url: string;
  /** By the message's id, the newest last. */
  readonly #sent = new Map<string, SentCard>();
  #channel: string | null = null;

  private constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => this.#keep(String(payload))));
  }

  static async open(browser: Browser, url: string): Promise<Playground> {
    const page = await browser.newPage({ viewport: { width: 1100, height: 1700 } });
    const playground = new Playground(page, url);
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    await playground.#box().waitFor();
    return playground;
  }

  /** From now on everything is said in this channel of the team. */
  async openChannel(name: string, id: string): Promise<void> {
    // A narrower window hides the list of chats.
    await this.page.setViewportSize({ width: 1300, height: 1700 });
    await this.page.getByText(name, { exact: true }).first().click();
    await this.page.getByText('Start a new post').waitFor();
    this.#channel = id;
  }

  async openGroupChat(name: string, id: string): Promise<void> {
    await this.page.getByText(name, { exact: true }).first().click();
    await this.page.getByText('Type a message').first().waitFor();
    this.#channel = id;
  }

  async openPersonalChat(): Promise<void> {
    await this.page.getByText('Personal Chat', { exact: true }).first().click();
    await this.page.getByText('Type a message').first().waitFor();
    this.#channel = null;
  }

  #box(): Locator {
    return this.page.locator('[contenteditable=true]').first();
  }

  async say(text: string): Promise<void> {
    if (this.#channel === null) await this.#box().fill(text);
    else {
      // In a channel the bot hears only what mentions it.
      await this.#box().click();
      await this.page.keyboard.type('@Quarterm');
      await this.page.getByRole('menuitem', { name: 'Quartermaster' }).click();
      // What is typed before the mention stands there is lost.
      await this.#box().getByText('Quartermaster', { exact: true }).waitFor();
      await this.page.keyboard.type(` ${text}`);
      await this.#box().filter({ hasText: text }).waitFor();
    }
    await this.page.keyboard.press('Enter');
  }

  /** The newest card that shows `words`. */
  async card(words: string | RegExp, timeout = 20_000): Promise<Locator> {
    const found = this.page.locator('.ac-adaptiveCard').filter({ hasText: words }).last();
    await found.waitFor({ timeout });
    return found;
  }

  async fill(card: Locator, values: Record<string, string>): Promise<void> {
    for (const [label, value] of Object.entries(values))
      await card.getByLabel(label, { exact: false }).first().fill(value);
  }

  async choose(card: Locator, label: string, title: string | RegExp): Promise<void> {
    await card.getByRole('combobox', { name: label }).click();
    await this.page.getByRole('option', { name: title }).click();
  }

  async press(card: Locator, button: string): Promise<void> {
    const named = { name: button, exact: true };
    // The client draws an action that opens a page as a link.
    await card.getByRole('button', named).or(card.getByRole('link', named)).last().click();
  }

  /** A picture of one card as the client renders it. */
  async picture(card: Locator, name: string): Promise<void> {
    mkdirSync(pictures, { recursive: true });
    await card.scrollIntoViewIfNeeded();
    await card.screenshot({ path: `${pictures}${name}.png` });
  }

  /** The client knows the bot alone to mention, so this is said past it; nobody sees it there. */
  async sayMentioning(text: string, { id, name }: AnotherPerson): Promise<void> {
    const bot = { mentioned: { id: 'quartermaster', name: 'Quartermaster' }, text: '<at>Quartermaster</at>' };
    const person = { mentioned: { id, name }, text: `<at>${name}</at>` };
    const { currentUser } = await this.#config();
    await this.#post(`_conversation/v1/conversations/${this.#channel ?? 'personal-chat'}/messages`, {
      type: 'text',
      text: `${bot.text} ${text} ${person.text}`,
      textFormat: 'plain',
      from: { id: currentUser.id },
      mentions: [bot, person],
    });
  }

  async person(name: string): Promise<AnotherPerson> {
    const found = (await this.#config()).users.find((user) => user.name === name);
    if (found === undefined) throw new Error(`The Playground knows no ${name}`);
    return found;
  }

  /** The newest card that the bot sent or updated, as data. */
  async sentCard(words: string): Promise<SentCard> {
    for (const until = Date.now() + 20_000; Date.now() < until; await this.page.waitForTimeout(50)) {
      const found = [...this.#sent.values()].findLast(({ card }) => JSON.stringify(card).includes(words));
      if (found !== undefined) return found;
    }
    throw new Error(`No message shows ${words}`);
  }

  /** Somebody else presses a button; the answer is for that person alone. */
  async pressAs(
    { id }: AnotherPerson,
    message: SentCard,
    action: Press,
    trigger: 'manual' | 'automatic' = 'manual',
  ): Promise<Record<string, unknown>> {
    const answer = (await this.#post('_conversation/v1/invoke', {
      name: 'adaptiveCard/action',
      value: { action: { type: 'Action.Execute', ...action }, trigger },
      from: { id },
      conversation: { id: message.conversationId },
      replyToId: message.id,
    })) as { type: string; value: Record<string, unknown> };
    if (!answer.type.includes('card.adaptive')) throw new Error(`No card, but: ${JSON.stringify(answer.value)}`);
    return answer.value;
  }

  /** What somebody else's client would show in place of a message. The Playground has no such views; this is its renderer. */
  async pictureOfView(card: Record<string, unknown>, caption: string, name: string): Promise<void> {
    const page = await this.page
      .context()
      .browser()
      ?.newPage({ viewport: { width: 1100, height: 1700 } });
    if (page === undefined) throw new Error('The browser is closed');
    let tell: (message: object) => void = () => undefined;
    await page.routeWebSocket(/_ws_conversation/, (socket) => {
      socket.connectToServer();
      tell = (message) =>
        socket.send(
          JSON.stringify({
            action: 'createMessage',
            actionConversationId: 'personal-chat',
            message: {
              messageId: `${Math.random()}`,
              timestamp: Date.now(),
              from: { id: 'quartermaster' },
              ...message,
            },
          }),
        );
    });
    await page.goto(this.#url, { waitUntil: 'domcontentloaded' });
    await page.getByText('Type a message').first().waitFor();
    // Like Teams, it shows either the text of a message or its card.
    tell({ text: caption, textFormat: 'plain' });
    const said = page.getByText(caption);
    await said.first().waitFor();
    tell({ attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }] });
    const shown = page.locator('.ac-adaptiveCard').last();
    await shown.waitFor();
    const [above, below] = await Promise.all([said.first().boundingBox(), shown.boundingBox()]);
    if (above === null || below === null) throw new Error('Nothing to picture');
    const top = above.y - 10;
    const clip = { x: below.x - 24, y: top, width: below.width + 48, height: below.y + below.height + 8 - top };
    await page.screenshot({ path: `${pictures}${name}.png`, clip });
    await page.close();
  }

  #keep(frame: string): void {
    const { action, actionConversationId, message } = JSON.parse(frame) as ClientFrame;
    const card = message?.attachments?.find(({ contentType }) => contentType.includes('card.adaptive'))?.content;
    if (action === undefined || message === undefined || card === undefined) return;
    const id = message.messageId;
    const conversationId = actionConversationId ?? this.#sent.get(id)?.conversationId ?? '';
    this.#sent.delete(id);
    this.#sent.set(id, { id, conversationId, card });
  }

  async #config(): Promise<{ currentUser: AnotherPerson; users: AnotherPerson[] }> {
    const answer = await fetch(`${this.#url}/_internal/v1/config`);
    return ((await answer.json()) as { config: { currentUser: AnotherPerson; users: AnotherPerson[] } }).config;
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const answer = await fetch(`${this.#url}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`The Playground answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}

interface ClientFrame {
  action?: string;
  actionConversationId?: string;
  message?: { messageId: string; attachments?: { contentType: string; content: Record<string, unknown> }[] };
}
