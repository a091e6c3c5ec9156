import { badRequest } from './graph-error.ts';
import type { JsonObject } from './json.ts';

export interface QueryOptions {
  get(name: string): string | null;
}

/** Refuses what the route does not know, what stands twice, and what is empty. */
export function readQueryOptions(query: URLSearchParams, allowed: readonly string[]): QueryOptions {
  for (const name of new Set(query.keys())) {
    if (!allowed.includes(name))
      throw badRequest(`The query option '${name}' is not supported on this resource by the local cloud.`);
    if (query.getAll(name).length > 1)
      throw badRequest(`Query option '${name}' was specified more than once, but it must be specified at most once.`);
    if (query.get(name) === '') throw badRequest(`The value of the query option '${name}' is empty.`);
  }
  return { get: (name) => query.get(name) };
}

export function readTop(options: QueryOptions, largest: number): number {
  const given = options.get('$top');
  if (given === null) return largest;
  if (!/^\d{1,6}$/.test(given) || Number(given) < 1)
    throw badRequest(`Invalid value '${given}' for $top query option found.`);
  if (Number(given) > largest)
    throw badRequest(
      `The limit of '${largest}' for Top query has been exceeded. The value from the incoming request is '${given}'.`,
    );
  return Number(given);
}

export function readSkipToken(options: QueryOptions): number {
  const given = options.get('$skiptoken');
  if (given === null) return 0;
  const text = Buffer.from(given, 'base64url').toString('utf8');
  const offset = /^after:(\d{1,9})$/.exec(text)?.[1];
  if (offset === undefined) throw badRequest('The $skiptoken query option is not valid.');
  return Number(offset);
}

export const skipToken = (offset: number): string => Buffer.from(`after:${offset}`).toString('base64url');

/** `$select`, limited to what the addressed type declares. */
export function readSelect(
  options: QueryOptions,
  isProperty: (name: string) => boolean,
  type: string,
): string[] | null {
  const given = options.get('$select');
  if (given === null) return null;
  const names = given.split(',').map((name) => name.trim());
  for (const name of names)
    if (!isProperty(name))
      throw badRequest(
        `Parsing OData Select and Expand failed: Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`,
      );
  return names;
}

export function select(entity: JsonObject, names: string[] | null): JsonObject {
  if (names === null) return entity;
  const picked: JsonObject = {};
  for (const [name, value] of Object.entries(entity))
    if (name.startsWith('@odata.type') || names.includes(name)) picked[name] = value;
  return picked;
}

/** `$orderby` by one of the properties named, up or down; null where none was asked for. */
export function readOrder(options: QueryOptions, properties: readonly string[]): { by: string; down: boolean } | null {
  const given = options.get('$orderby');
  if (given === null) return null;
  const [, by = '', direction] = /^(\w+)(?: (asc|desc))?$/.exec(given) ?? [];
  if (!properties.includes(by))
    throw badRequest(`Parsing OData OrderBy failed: '${given}' is not played by the local cloud.`);
  return { by, down: direction === 'desc' };
}
