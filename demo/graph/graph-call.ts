import type { Clock, Delays } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { AppRole } from '../roles.ts';
import type { AppRegistration, Tenant } from '../tenants.ts';
import type { ForbiddenForm } from './graph-error.ts';
import type { IntuneTenant } from './intune-tenant.ts';
import type { JsonObject } from './json.ts';
import type { GraphVersion, Metadata, MetadataByVersion } from './metadata.ts';
import type { QueryOptions } from './query-options.ts';

/** The storage behind Intune, as far as Graph needs it. */
export interface ContentStorage {
  newBlob(): string;
  issueUploadUrl(blob: string): { value: string; expiresAt: number };
  /** Committed bytes in order; null when no block list was committed. */
  read(blob: string): Promise<AsyncIterable<Buffer> | null>;
  remove(blob: string): Promise<void>;
}

/** Looks on at what clients send; for tests. */
export interface GraphWatch {
  /** A body as it came, before anything is refused. */
  sent(request: { version: GraphVersion; method: string; path: string; body: unknown }): void;
  /** Decrypted content of an app, piece by piece. */
  opened(appId: string, plain: Buffer): void;
}

export interface GraphServices {
  watch: GraphWatch | undefined;
  metadata: MetadataByVersion;
  storage: ContentStorage;
  clock: Clock;
  delays: Delays;
  faults: Faults;
  graphUrl: () => string;
  appName: (appId: string) => string;
  registration: (appId: string) => AppRegistration | undefined;
}

/** One authenticated, validated call. */
export interface GraphCall {
  services: GraphServices;
  version: GraphVersion;
  metadata: Metadata;
  method: string;
  /** Path below the version. */
  path: string;
  params: Record<string, string>;
  query: QueryOptions;
  rawQuery: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  body: JsonObject;
  now: number;
  /** The calling app. */
  appId: string;
  tenant: Tenant;
  intune: IntuneTenant;
}

export interface GraphAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** The work is done, and the connection is cut instead of answering. */
  isLost?: boolean;
}

export interface GraphRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `{name}` is a key, `{cast}` a segment such as `microsoft.graph.androidLobApp`. */
  path: string;
  versions?: readonly GraphVersion[];
  /** One of these roles must be in the token. */
  roles: readonly AppRole[];
  forbidden: ForbiddenForm;
  options?: readonly string[];
  /** Held back until a second admin approves, where the tenant wants that; `more`: only where it wants it for new apps too. */
  needsApproval?: boolean | 'more';
  /** Not in the reduced metadata: path and body are checked by the handler. */
  isByHand?: boolean;
  handle: (call: GraphCall) => GraphAnswer | Promise<GraphAnswer>;
}

export const contextUrl = (call: GraphCall, fragment: string): string =>
  `${call.services.graphUrl()}/${call.version}/$metadata#${fragment}`;

/** A page of a listing, with `@odata.nextLink` while there is more. */
export function listing(
  call: GraphCall,
  fragment: string,
  page: { entries: readonly JsonObject[]; offset: number; top: number; total: number },
  skipTokenOf: (offset: number) => string,
): GraphAnswer {
  const end = page.offset + page.entries.length;
  const body: Record<string, unknown> = { '@odata.context': contextUrl(call, fragment) };
  if (end < page.total) {
    const next = new URL(`${call.services.graphUrl()}/${call.version}${call.path}`);
    for (const [name, value] of call.rawQuery) if (name !== '$skiptoken') next.searchParams.set(name, value);
    next.searchParams.set('$skiptoken', skipTokenOf(end));
    body['@odata.nextLink'] = next.href;
  }
  body.value = page.entries;
  return { status: 200, body };
}
