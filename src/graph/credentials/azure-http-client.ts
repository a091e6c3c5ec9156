import type { TokenCredentialOptions } from '@azure/identity';
import type { Outbound } from '../../network/outbound.ts';

type HttpClient = NonNullable<TokenCredentialOptions['httpClient']>;
type AzureRequest = Parameters<HttpClient['sendRequest']>[0];
type AzureResponse = Awaited<ReturnType<HttpClient['sendRequest']>>;

/** Ends a wait for a machine that has no identity service at all. */
const longestMs = 6_000;

/** The way out of Microsoft's Azure libraries, over the one outbound door. */
export class AzureHttpClient implements HttpClient {
  readonly #outbound: Pick<Outbound, 'fetch'>;

  constructor(outbound: Pick<Outbound, 'fetch'>) {
    this.#outbound = outbound;
  }

  async sendRequest(request: AzureRequest): Promise<AzureResponse> {
    const { url, method, body } = request;
    if (body !== undefined && body !== null && typeof body !== 'string')
      throw new TypeError('Only text is sent to the identity and vault services');
    const response = await this.#outbound.fetch(url, {
      method,
      headers: request.headers.toJSON(),
      signal: AbortSignal.timeout(longestMs),
      ...(typeof body === 'string' ? { body } : {}),
    });
    return {
      request,
      status: response.status,
      headers: new AnswerHeaders(response.headers),
      bodyAsText: await response.text(),
    };
  }
}

/** The libraries read and now and then change the headers of an answer. */
class AnswerHeaders {
  readonly #headers: Map<string, string>;

  constructor(headers: Iterable<[string, string]>) {
    this.#headers = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]));
  }

  get(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  has(name: string): boolean {
    return this.#headers.has(name.toLowerCase());
  }

  set(name: string, value: string | number | boolean): void {
    this.#headers.set(name.toLowerCase(), String(value));
  }

  delete(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#headers);
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#headers[Symbol.iterator]();
  }
}
