import { z } from 'zod';
import type { GraphAppType } from '../packages/package-facts.ts';
import { ProblemError } from '../problems/problem.ts';
import type { GraphClient, GraphVersion } from './graph-client.ts';
import type { ContentFile, MobileApp, MobileApps } from './mobile-apps.ts';

const apps = '/deviceAppManagement/mobileApps';
const typePrefix = '#microsoft.graph.';

const nullable = z
  .string()
  .nullish()
  .transform((text) => text ?? null);
const created = z.object({ id: z.string() });

const mobileApp = z
  .object({
    id: z.string(),
    '@odata.type': z.string().nullish(),
    displayName: nullable,
    // A state that is new to this product is one to wait in.
    publishingState: z.enum(['notPublished', 'processing', 'published']).catch('processing'),
    committedContentVersion: nullable,
    notes: nullable,
    createdDateTime: nullable,
    packageId: nullable,
    versionCode: nullable,
    versionName: nullable,
  })
  .transform(
    ({ '@odata.type': type, displayName, ...app }): MobileApp => ({
      ...app,
      displayName: displayName ?? '',
      graphType: (type ?? '').replace(/^#?microsoft\.graph\./, ''),
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

/** Types that Graph v1.0 does not have; everything about them goes to beta. */
const betaTypes: ReadonlySet<GraphAppType> = new Set<GraphAppType>(['macOSPkgApp']);

const versionFor = (type: GraphAppType): GraphVersion => (betaTypes.has(type) ? 'beta' : 'v1.0');
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

/** A quote inside an OData string is written twice. */
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

const cancellable = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

export function createMobileApps(graph: GraphClient): MobileApps {
  const get = (appId: string, signal?: AbortSignal) =>
    graph.send({ method: 'GET', path: appPath(appId), schema: mobileApp, ...cancellable(signal) });

  const patch = (appId: string, type: GraphAppType, properties: Record<string, unknown>, signal?: AbortSignal) =>
    graph.send<void>({
      method: 'PATCH',
      path: appPath(appId),
      version: versionFor(type),
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

  return {
    get,

    async findAndroidApps(packageId, signal) {
      const found: MobileApp[] = [];
      // No `$select`: one property of a subtype in it and Graph refuses the whole listing.
      const listing = graph.pages({
        path: apps,
        query: { $filter: "isof('microsoft.graph.androidLobApp')" },
        schema: mobileApp,
        ...cancellable(signal),
      });
      for await (const page of listing) found.push(...page.filter((app) => app.packageId === packageId));
      return found;
    },

    async findByMarker(displayName, marker, signal) {
      const listing = graph.pages({
        path: apps,
        query: { $filter: `displayName eq ${quoted(displayName)}`, $select: 'id,displayName,notes' },
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
        version: versionFor(app['@odata.type'].slice(typePrefix.length) as GraphAppType),
        body: app,
        schema: created,
        ...cancellable(signal),
      }),

    createContentVersion: (appId, type, signal) =>
      graph.send({
        method: 'POST',
        path: versionsPath(appId, type),
        version: versionFor(type),
        body: {},
        schema: created,
        ...cancellable(signal),
      }),

    async contentVersions(appId, type, signal) {
      const ids: string[] = [];
      const listing = graph.pages({
        path: versionsPath(appId, type),
        version: versionFor(type),
        schema: created,
        ...cancellable(signal),
      });
      for await (const page of listing) ids.push(...page.map((version) => version.id));
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
        version: versionFor(type),
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
        version: versionFor(type),
        schema: contentFile,
        ...cancellable(signal),
      }),

    renewUpload: (appId, type, version, fileId, signal) =>
      graph.send<void>({
        method: 'POST',
        path: `${filePath(appId, type, version, fileId)}/renewUpload`,
        version: versionFor(type),
        body: {},
        repeatable: true,
        ...cancellable(signal),
      }),

    commitFile: (appId, type, version, fileId, info, signal) =>
      graph.send<void>({
        method: 'POST',
        path: `${filePath(appId, type, version, fileId)}/commit`,
        version: versionFor(type),
        body: { fileEncryptionInfo: info },
        ...cancellable(signal),
      }),

    update: patch,

    removeContentVersion: (appId, type, version, signal) =>
      deleteIfThere(versionPath(appId, type, version), versionFor(type), signal),

    activate: (appId, type, version, signal) => patch(appId, type, { committedContentVersion: version }, signal),

    remove: (appId, signal) => deleteIfThere(appPath(appId), 'v1.0', signal),
  };
}
