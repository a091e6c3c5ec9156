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

/** Microsoft's own chat client, driven as a person would. */
export class Playground {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: Browser, url: string): Promise<Playground> {
    const page = await browser.newPage({ viewport: { width: 1100, height: 1700 } });
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    const playground = new Playground(page);
    await playground.#box().waitFor();
    return playground;
  }

  #box(): Locator {
    return this.page.locator('[contenteditable=true]').first();
  }

  async say(text: string): Promise<void> {
    await this.#box().fill(text);
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
}
