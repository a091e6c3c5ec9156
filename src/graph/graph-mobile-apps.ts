import { z } from 'zod';
import type { GraphAppType } from '../packages/package-facts.ts';
import { ProblemError } from '../problems/problem.ts';
import { createAppAssignments } from './app-assignments.ts';
import { readRelations, writeRelations } from './app-relations.ts';
import type { GraphClient, GraphVersion } from './graph-client.ts';
import { versionForApp, versionForType } from './graph-version.ts';
import { IntuneAppChanges } from './intune-app-changes.ts';
import type { ContentFile, MobileApp, MobileApps } from './mobile-apps.ts';
import { odataText } from './odata-text.ts';

const apps = '/deviceAppManagement/mobileApps';
const typePrefix = '#microsoft.graph.';

const nullable = z
  .string()
  .nullish()
  .transform((text) => text ?? null);
const created = z.object({ id: z.string() });

const mobileApp = z
  .looseObject({
    id: z.string(),
    '@odata.type': z.string().nullish(),
    displayName: nullable,
    // A state that is new to this product is one to wait in.
    publishingState: z.enum(['notPublished', 'processing', 'published']).catch('processing'),
    committedContentVersion: nullable,
    notes: nullable,
    createdDateTime: nullable,
  })
  .transform(
    ({ '@odata.type': type, displayName, ...properties }): MobileApp => ({
      id: properties.id,
      publishingState: properties.publishingState,
      committedContentVersion: properties.committedContentVersion,
      notes: properties.notes,
      createdDateTime: properties.createdDateTime,
      displayName: displayName ?? '',
      graphType: (type ?? '').replace(/^#?microsoft\.graph\./, ''),
      properties,
    }),
  );

const contentFile = z
  .object({
    id: z.string(),
    uploadState: z.string(),
    azureStorageUri: nullable,
    azureStorageUriExpirationDateTime: nullable,
    isCommitted: z.boolean().nullish(),
  })
  .transform((file): ContentFile => ({ ...file, isCommitted: file.isCommitted ?? false }));

const marked = z.object({ id: z.string(), displayName: nullable, notes: nullable });

const appPath = (appId: string) => `${apps}/${encodeURIComponent(appId)}`;

/**
 * Content hangs on the app's own type: without the cast to the concrete type Graph finds no `contentVersions`.
 * https://learn.microsoft.com/graph/api/resources/intune-apps-mobilelobapp
 */
const versionsPath = (appId: string, type: GraphAppType) => `${appPath(appId)}/microsoft.graph.${type}/contentVersions`;
const versionPath = (appId: string, type: GraphAppType, version: string) =>
  `${versionsPath(appId, type)}/${encodeURIComponent(version)}`;
const filePath = (appId: string, type: GraphAppType, version: string, fileId: string) =>
  `${versionPath(appId, type, version)}/files/${encodeURIComponent(fileId)}`;

const cancellable = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

export function createMobileApps(graph: GraphClient): MobileApps {
  const get = (appId: string, signal?: AbortSignal, version: GraphVersion = 'v1.0') =>
    graph.send({ method: 'GET', path: appPath(appId), version, schema: mobileApp, ...cancellable(signal) });

  const patch = (appId: string, type: GraphAppType, properties: Record<string, unknown>, signal?: AbortSignal) =>
    graph.send<void>({
      method: 'PATCH',
      path: appPath(appId),
      version: versionForApp(type, properties),
      body: { ...properties, '@odata.type': `${typePrefix}${type}` },
      repeatable: true,
      ...cancellable(signal),
    });

  const deleteIfThere = async (path: string, version: GraphVersion, signal?: AbortSignal) => {
    try {
      await graph.send<void>({ method: 'DELETE', path, version, repeatable: true, ...cancellable(signal) });
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'graphNotFound') throw error;
    }
  };

  const assignments = createAppAssignments(graph);
  const changes = new IntuneAppChanges(graph, graph.url);

  return {
    get: (appId, signal) => get(appId, signal),

    async find({ type, version }, isMeant, signal) {
      const ids: string[] = [];
      // No `$select`: one property of a subtype in it and Graph refuses the whole listing.
      const listing = graph.pages({
        path: apps,
        version,
        query: { $filter: `isof('microsoft.graph.${type}')` },
        schema: mobileApp,
        ...cancellable(signal),
      });
      for await (const page of listing) ids.push(...page.filter(isMeant).map(({ id }) => id));
      // A listing leaves some properties out.
      const found: MobileApp[] = [];
      for (const id of ids) found.push(await get(id, signal, version));
      return found;
    },

    async findByMarker(displayName, marker, signal) {
      const listing = graph.pages({
        path: apps,
        query: { $filter: `displayName eq ${odataText(displayName)}`, $select: 'id,displayName,notes' },
        schema: marked,
        ...cancellable(signal),
      });
      for await (const page of listing) {
        const hit = page.find((app) => app.notes?.includes(marker));
        if (hit !== undefined) return get(hit.id, signal);
      }
      return null;
    },

    create: (app, signal) =>
      graph.send({
        method: 'POST',
        path: apps,
        version: versionForApp(app['@odata.type'].slice(typePrefix.length) as GraphAppType, app),
        body: app,
        schema: created,
        ...cancellable(signal),
      }),

    createContentVersion: (appId, type, signal) =>
      graph.send({
        method: 'POST',
        path: versionsPath(appId, type),
        version: versionForType(type),
        body: {},
        schema: created,
        ...cancellable(signal),
      }),

    async contentVersions(appId, type, signal) {
      const ids: string[] = [];
      const listing = graph.pages({
        path: versionsPath(appId, type),
        version: versionForType(type),
        schema: created,
        ...cancellable(signal),
      });
      for await (const page of listing) ids.push(...page.map((version) => version.id));
      return ids;
    },

    assignments: assignments.list,
    assign: assignments.assign,
    relations: (appId, signal) => readRelations(graph, appId, signal),
    setRelations: (appId, relations, signal) => writeRelations(graph, appId, relations, signal),

    categories: (signal) => changes.categories(signal),
    addCategory: (appId, categoryId, signal) => changes.addCategory(appId, categoryId, signal),

    async categoriesOf(appId, signal) {
      const ids: string[] = [];
      const listing = graph.pages({ path: `${appPath(appId)}/categories`, schema: created, ...cancellable(signal) });
      for await (const page of listing) ids.push(...page.map(({ id }) => id));
      return ids;
    },

    async countAssignments(appId, signal) {
      let count = 0;
      const listing = graph.pages({ path: `${appPath(appId)}/assignments`, schema: created, ...cancellable(signal) });
      for await (const page of listing) count += page.length;
      return count;
    },

    createFile: (appId, type, version, file, signal) =>
      graph.send({
        method: 'POST',
        path: `${versionPath(appId, type, version)}/files`,
        version: versionForType(type),
        body: {
          '@odata.type': '#microsoft.graph.mobileAppContentFile',
          name: file.name,
          size: file.size,
          sizeEncrypted: file.sizeEncrypted,
          manifest: file.manifest,
          isDependency: false,
        },
        schema: contentFile,
        ...cancellable(signal),
      }),

    getFile: (appId, type, version, fileId, signal) =>
      graph.send({
        method: 'GET',
        path: filePath(appId, type, version, fileId),
        version: versionForType(type),
        schema: contentFile,
        ...cancellable(signal),
      }),

    renewUpload: (appId, type, version, fileId, signal) =>
      graph.send<void>({
        method: 'POST',
        path: `${filePath(appId, type, version, fileId)}/renewUpload`,
        version: versionForType(type),
        body: {},
        repeatable: true,
        ...cancellable(signal),
      }),

    commitFile: (appId, type, version, fileId, info, signal) =>
      graph.send<void>({
        method: 'POST',
        path: `${filePath(appId, type, version, fileId)}/commit`,
        version: versionForType(type),
        body: { fileEncryptionInfo: info },
        ...cancellable(signal),
      }),

    update: patch,

    removeContentVersion: (appId, type, version, signal) =>
      deleteIfThere(versionPath(appId, type, version), versionForType(type), signal),

    activate: (appId, type, version, signal) => patch(appId, type, { committedContentVersion: version }, signal),

    remove: (appId, signal) => deleteIfThere(appPath(appId), 'v1.0', signal),
  };
}
