import { AsyncLocalStorage } from 'node:async_hooks';

/** A request to Graph that changed something or failed, with the id that Microsoft's support asks for. */
export interface TrackedRequest {
  /** `POST …/contentVersions` */
  what: string;
  /** Null where no answer came. */
  status: number | null;
  requestId: string | null;
}

interface Answered {
  method: string;
  pathTemplate: string;
  status: number | null;
  requestId: string | null;
}

/** The latest are those that explain how a step ended. */
const mostTracked = 4;

/** Notes which requests a step of a job made. */
export class RequestTrail {
  readonly #trails = new AsyncLocalStorage<TrackedRequest[]>();

  /** All that `work` sends is noted in `requests`. */
  during<T>(requests: TrackedRequest[], work: () => Promise<T>): Promise<T> {
    return this.#trails.run(requests, work);
  }

  requested({ method, pathTemplate, status, requestId }: Answered): void {
    const requests = this.#trails.getStore();
    const isQuiet = method === 'GET' && status !== null && status < 400;
    if (requests === undefined || isQuiet) return;
    requests.push({ what: `${method} …/${pathTemplate.split('/').at(-1)}`, status, requestId });
    if (requests.length > mostTracked) requests.shift();
  }
}
