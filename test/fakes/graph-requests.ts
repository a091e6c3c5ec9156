import type { GraphWatch } from '../../demo/graph/graph-call.ts';
import { graphAllowList } from './graph-allow-list.ts';
import { loadGraphValidator } from './graph-metadata.ts';

type Sent = Parameters<GraphWatch['sent']>[0];

const validate = await loadGraphValidator({ quiet: true });

/** Keeps every body that goes to Graph, and says which of them Graph's metadata has something against. */
export class GraphRequests {
  readonly #sent = new Map<string, Sent>();

  readonly watch: GraphWatch = {
    sent: (request) => {
      if (validate !== null) this.#sent.set(JSON.stringify(request), request);
    },
    opened: () => undefined,
  };

  violations(): string[] {
    return [...this.#sent.values()].flatMap(violationsOf);
  }
}

export function violationsOf({ version, method, path, body }: Sent): string[] {
  const request = `${method} ${version}${path}`;
  const found = validate?.(version, method, path, body) ?? [];
  return found
    .filter((each) => !graphAllowList.some((row) => row.violation.test(each) && row.request.test(request)))
    .map((each) => `${request}: ${each}`);
}
