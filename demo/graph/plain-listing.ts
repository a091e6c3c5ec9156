import { contextUrl, type GraphCall, listing } from './graph-call.ts';
import { notFound } from './graph-error.ts';
import type { JsonObject } from './json.ts';
import { readSelect, readSkipToken, readTop, select, skipToken } from './query-options.ts';

export const paging = ['$top', '$skiptoken', '$select'];

/** A listing of plain entities with paging and `$select`. */
export function pageOf(call: GraphCall, type: string, fragment: string, largest: number, all: readonly JsonObject[]) {
  const top = readTop(call.query, largest);
  const offset = readSkipToken(call.query);
  const names = readSelect(call.query, (name) => call.metadata.property(type, name) !== undefined, type);
  const entries = all.slice(offset, offset + top).map((entity) => select(entity, names));
  return listing(call, fragment, { entries, offset, top, total: all.length }, skipToken);
}

export function one(call: GraphCall, type: string, fragment: string, entity: JsonObject | undefined, key: string) {
  if (entity === undefined) throw notFound(key);
  const names = readSelect(call.query, (name) => call.metadata.property(type, name) !== undefined, type);
  return { status: 200, body: { '@odata.context': contextUrl(call, `${fragment}/$entity`), ...select(entity, names) } };
}

export const text = (entity: JsonObject, property: string) => String(entity[property] ?? '').toLowerCase();
