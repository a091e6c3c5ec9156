import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

export interface Page {
  url: string;
  status: number;
  text: string;
  headers: Record<string, string | string[] | undefined>;
}

export interface BrowserOptions {
  /** Further authorities it trusts. */
  ca?: string;
  /** Origins that are somewhere else on this machine: `https://quartermaster.example` → `http://127.0.0.1:1234`. */
  hosts?: Record<string, string>;
  /** Redirects to addresses that start so are not followed: the person closed the window. */
  stopsAt?: string;
}

interface Cookie {
  origin: string;
  path: string;
  value: string;
}

const mostRedirects = 10;
const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status);

/** A browser as far as sign-in pages need one: cookies, redirects, and forms that are sent to the page's own address. */
export class Browser {
  readonly #options: BrowserOptions;
  readonly #cookies = new Map<string, Cookie>();
  /** Every address it went to. */
  readonly visited: string[] = [];

  constructor(options: BrowserOptions = {}) {
    this.#options = options;
  }

  open(url: string): Promise<Page> {
    return this.#go('GET', url, null, {});
  }

  /** Presses a button of the page's form, with what stands hidden in it. */
  submit(page: Page, fields: Record<string, string> = {}): Promise<Page> {
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const form = new URLSearchParams(hidden.map(([, name = '', value = '']): [string, string] => [name, value]));
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    return this.#go('POST', page.url, form.toString(), { 'sec-fetch-site': 'same-origin' });
  }

  /** A program that looks at a link: no cookies, no redirects. */
  async peek(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Page> {
    return this.#send(method, new URL(url), null, headers);
  }

  get cookies(): readonly string[] {
    return [...this.#cookies.keys()];
  }

  async #go(method: string, url: string, form: string | null, headers: Record<string, string>): Promise<Page> {
    let page = await this.#visit(method, url, form, headers);
    for (let count = 0; isRedirect(page.status); count += 1) {
      if (count === mostRedirects) throw new Error('The pages go round in a circle');
      const next = new URL(String(page.headers.location), page.url).href;
      if (this.#options.stopsAt !== undefined && next.startsWith(this.#options.stopsAt)) {
        this.visited.push(next);
        return page;
      }
      page = await this.#visit('GET', next, null, {});
    }
    return page;
  }

  async #visit(method: string, address: string, form: string | null, headers: Record<string, string>): Promise<Page> {
    const url = new URL(address);
    this.visited.push(address);
    const cookies = [...this.#cookies]
      .filter(([, cookie]) => cookie.origin === url.origin && url.pathname.startsWith(cookie.path))
      .map(([name, cookie]) => `${name}=${cookie.value}`);
    const page = await this.#send(method, url, form, {
      ...headers,
      ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }),
    });
    this.#keep(url.origin, page.headers['set-cookie'] ?? []);
    return page;
  }

  #keep(origin: string, set: string | string[]): void {
    for (const line of [set].flat()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      const path = attributes.find((one) => one.startsWith('Path='))?.slice(5) ?? '/';
      if (attributes.includes('Max-Age=0')) this.#cookies.delete(name);
      else this.#cookies.set(name, { origin, path, value });
    }
  }

  #send(method: string, url: URL, form: string | null, headers: Record<string, string>): Promise<Page> {
    const { hosts = {}, ca } = this.#options;
    const real = new URL(`${url.pathname}${url.search}`, hosts[url.origin] ?? url.origin);
    const make = real.protocol === 'https:' ? secureRequest : plainRequest;
    const typed = form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    return new Promise((resolve, reject) => {
      const sent = make(
        real,
        { method, headers: { ...typed, ...headers }, ...(ca === undefined ? {} : { ca }) },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              url: url.href,
              status: answer.statusCode ?? 0,
              text: Buffer.concat(parts).toString('utf8'),
              headers: answer.headers,
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(form ?? undefined);
    });
  }
}
