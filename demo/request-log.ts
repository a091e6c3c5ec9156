export interface LoggedRequest {
  service: 'login' | 'graph' | 'storage';
  method: string;
  /** Without query: a SAS is a secret. */
  path: string;
  status: number;
  at: number;
}

const longest = 20_000;

/** The last requests, oldest first. */
export class RequestLog {
  readonly #entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > longest) this.#entries.splice(0, longest / 2);
  }

  list(service?: LoggedRequest['service']): LoggedRequest[] {
    return this.#entries.filter((entry) => service === undefined || entry.service === service);
  }

  clear(): void {
    this.#entries.length = 0;
  }
}
