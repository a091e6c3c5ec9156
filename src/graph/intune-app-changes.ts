import { z } from 'zod';
import { ProblemError } from '../problems/problem.ts';
import { type NewRelation, writeRelations } from './app-relations.ts';
import type { GraphClient, GraphVersion } from './graph-client.ts';
import { versionForType } from './graph-version.ts';

const apps = '/deviceAppManagement/mobileApps';
const categories = '/deviceAppManagement/mobileAppCategories';
const appPath = (appId: string) => `${apps}/${encodeURIComponent(appId)}`;
const typePrefix = '#microsoft.graph.';

const category = z
  .object({ id: z.string(), displayName: z.string().nullish() })
  .transform(({ id, displayName }) => ({ id, name: displayName ?? id }));
export type Category = z.infer<typeof category>;

const created = z.object({ id: z.string() });

/** What people change on apps that are there already. Everything can be sent twice. */
export class IntuneAppChanges {
  readonly #graph: GraphClient;
  /** For addresses inside bodies. */
  readonly #graphUrl: string;

  constructor(graph: GraphClient, graphUrl: string) {
    this.#graph = graph;
    this.#graphUrl = graphUrl;
  }

  /** Without a signal: a create that was begun is worth its answer. Not repeated, because it would make a second app. */
  async create(graphType: string, body: Record<string, unknown>): Promise<string> {
    const { id } = await this.#graph.send({
      method: 'POST',
      path: apps,
      version: versionForType(graphType),
      body,
      schema: created,
    });
    return id;
  }

  async update(appId: string, graphType: string, properties: Record<string, unknown>, signal?: AbortSignal) {
    await this.#graph.send<void>({
      method: 'PATCH',
      path: appPath(appId),
      version: versionForType(graphType),
      body: { '@odata.type': `${typePrefix}${graphType}`, ...properties },
      repeatable: true,
      ...cancellable(signal),
    });
  }

  unassign(appId: string, assignmentId: string, signal?: AbortSignal): Promise<void> {
    return this.#remove(`${appPath(appId)}/assignments/${encodeURIComponent(assignmentId)}`, 'v1.0', signal);
  }

  remove(appId: string, signal?: AbortSignal): Promise<void> {
    return this.#remove(appPath(appId), 'v1.0', signal);
  }

  async categories(signal?: AbortSignal): Promise<Category[]> {
    const found: Category[] = [];
    for await (const page of this.#graph.pages({ path: categories, schema: category, ...cancellable(signal) }))
      found.push(...page);
    return found.sort((one, other) => one.name.localeCompare(other.name));
  }

  async addCategory(appId: string, categoryId: string, signal?: AbortSignal): Promise<void> {
    await this.#graph.send<void>({
      method: 'POST',
      path: `${appPath(appId)}/categories/$ref`,
      body: { '@odata.id': `${this.#graphUrl}/v1.0${categories}/${encodeURIComponent(categoryId)}` },
      repeatable: true,
      ...cancellable(signal),
    });
  }

  removeCategory(appId: string, categoryId: string, signal?: AbortSignal): Promise<void> {
    return this.#remove(`${appPath(appId)}/categories/${encodeURIComponent(categoryId)}/$ref`, 'v1.0', signal);
  }

  setRelations(appId: string, relations: readonly NewRelation[], signal?: AbortSignal): Promise<void> {
    return writeRelations(this.#graph, appId, relations, signal);
  }

  /** What is gone already is no error. */
  async #remove(path: string, version: GraphVersion, signal?: AbortSignal): Promise<void> {
    try {
      await this.#graph.send<void>({ method: 'DELETE', path, version, repeatable: true, ...cancellable(signal) });
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'graphNotFound') throw error;
    }
  }
}

const cancellable = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
