import { randomUUID } from 'node:crypto';
import { SetupCheck } from '../storage/setup-check.ts';
import { verifyContent } from '../storage/verify-content.ts';
import { appOf, readApps, writeApps } from './app-routes.ts';
import { showFile } from './entity-shape.ts';
import { contextUrl, type GraphCall, type GraphRoute, listing } from './graph-call.ts';
import { intuneBadRequest, notFound } from './graph-error.ts';
import {
  type ContentFile,
  type ContentVersion,
  type FileEncryptionInfo,
  type FilePhase,
  type StoredApp,
  uploadState,
} from './intune-tenant.ts';
import type { JsonObject } from './json.ts';
import { manifestFault } from './manifest-rules.ts';
import { skipToken } from './query-options.ts';

const versions = '/deviceAppManagement/mobileApps/{app}/{cast}/contentVersions';
const files = `${versions}/{version}/files`;
const entityContext = 'deviceAppManagement/mobileApps/contentVersions/files/$entity';

function versionOf(call: GraphCall): { app: StoredApp; version: ContentVersion } {
  const app = appOf(call);
  const version = app.versions.find((candidate) => candidate.id === call.params.version);
  if (version === undefined) throw notFound(call.params.version ?? '');
  return { app, version };
}

function fileOf(call: GraphCall): { app: StoredApp; version: ContentVersion; file: ContentFile } {
  const { app, version } = versionOf(call);
  const file = version.files.find((candidate) => candidate.id === call.params.file?.toLowerCase());
  if (file === undefined) throw notFound(call.params.file ?? '');
  return { app, version, file };
}

const showVersion = (version: ContentVersion): JsonObject => ({
  '@odata.type': '#microsoft.graph.mobileAppContent',
  id: version.id,
});

function createVersion(call: GraphCall) {
  const app = appOf(call);
  const open = app.versions.find((version) => isNewerThanCommitted(app, version));
  if (open !== undefined)
    throw intuneBadRequest(
      `The content version '${open.id}' is not committed yet. Finish or delete it before another one is created.`,
      call.path,
    );
  const version: ContentVersion = { id: String(app.nextVersion), files: [] };
  app.nextVersion += 1;
  app.versions.push(version);
  return { status: 201, body: { '@odata.context': contextUrl(call, entityContext), ...showVersion(version) } };
}

const isNewerThanCommitted = (app: StoredApp, version: ContentVersion) =>
  app.committedContentVersion === null || Number(version.id) > Number(app.committedContentVersion);

async function removeVersion(call: GraphCall) {
  const { app, version } = versionOf(call);
  if (version.id === app.committedContentVersion)
    throw intuneBadRequest('The committed content version of an app cannot be deleted.', call.path);
  app.versions.splice(app.versions.indexOf(version), 1);
  for (const file of version.files) await call.services.storage.remove(file.blob);
  return { status: 204 };
}

/** The address is not there at once: Intune asks its storage for it. */
function urlPhase(call: GraphCall, name: 'azureStorageUriRequest' | 'azureStorageUriRenewal'): FilePhase {
  const { delays, faults } = call.services;
  return { name, readyAt: call.now + delays.uploadUrl, stuck: faults.take('sasRequestTimeout'), isIssued: false };
}

function createFile(call: GraphCall) {
  const { app, version } = versionOf(call);
  if (version.id === app.committedContentVersion)
    throw intuneBadRequest(`The content version '${version.id}' is committed and takes no further files.`, call.path);
  const { body } = call;
  const fault = manifestFault(app, typeof body.manifest === 'string' ? body.manifest : null);
  if (fault !== null) throw intuneBadRequest(`The manifest of the content file is not usable: ${fault}`, call.path);
  const file: ContentFile = {
    id: randomUUID(),
    name: typeof body.name === 'string' ? body.name : null,
    size: Number(body.size),
    sizeEncrypted: Number(body.sizeEncrypted),
    manifest: typeof body.manifest === 'string' ? body.manifest : null,
    isDependency: body.isDependency === true,
    createdAt: call.now,
    phase: urlPhase(call, 'azureStorageUriRequest'),
    blob: call.services.storage.newBlob(),
    uploadUrl: null,
    isCommitted: false,
  };
  version.files.push(file);
  const shown = { ...showFile(file, call.now), uploadState: 'azureStorageUriRequestPending', azureStorageUri: null };
  return { status: 201, body: { '@odata.context': contextUrl(call, entityContext), ...shown } };
}

/** Issues the address once the time for it has come. */
function settle(call: GraphCall, file: ContentFile): void {
  const { phase } = file;
  if (phase.name === 'commitFile' || phase.stuck || phase.isIssued || call.now < phase.readyAt) return;
  file.uploadUrl = call.services.storage.issueUploadUrl(file.blob);
  phase.isIssued = true;
}

function getFile(call: GraphCall) {
  const { file } = fileOf(call);
  settle(call, file);
  return { status: 200, body: { '@odata.context': contextUrl(call, entityContext), ...showFile(file, call.now) } };
}

function renewUpload(call: GraphCall) {
  const { file } = fileOf(call);
  const state = uploadState(file, call.now);
  if (state.startsWith('commitFile') || state.endsWith('RequestPending'))
    throw intuneBadRequest(`The upload cannot be renewed in the state '${state}'.`, call.path);
  file.phase = urlPhase(call, 'azureStorageUriRenewal');
  return { status: 200, body: { '@odata.context': contextUrl(call, 'Edm.Null'), '@odata.null': true } };
}

function commit(call: GraphCall) {
  const { app, file } = fileOf(call);
  const state = uploadState(file, call.now);
  if (state === 'commitFileFailed' || state === 'commitFileSuccess' || state === 'commitFilePending')
    throw intuneBadRequest(`The file cannot be committed in the state '${state}'.`, call.path);
  const { faults, delays, storage, watch } = call.services;
  const info = call.body.fileEncryptionInfo as unknown as FileEncryptionInfo;
  const phase: Extract<FilePhase, { name: 'commitFile' }> = {
    name: 'commitFile',
    readyAt: call.now + delays.commit,
    outcome: 'Pending',
  };
  file.phase = phase;
  const isToFail = faults.take('failCommit');
  void (async () => {
    const setup = app.type === 'win32LobApp' ? new SetupCheck(String(app.properties.setupFilePath)) : null;
    const verified = await verifyContent(await storage.read(file.blob), info, file, (plain) => {
      setup?.take(plain);
      watch?.opened(app.id, plain);
    }).catch(() => null);
    const isGood = verified?.verified === true && !isToFail && setup?.holdsSetup() !== false;
    file.isCommitted = isGood;
    phase.outcome = isGood ? 'Success' : 'Failed';
    if (verified !== null) app.content = { ...verified, verified: isGood };
    await storage.remove(file.blob);
  })();
  return { status: 200, isLost: faults.take('dropCommitAnswer') };
}

const reading = { roles: readApps, forbidden: 'apps' } as const;
const writing = { roles: writeApps, forbidden: 'apps' } as const;

export const contentRoutes: readonly GraphRoute[] = [
  {
    ...reading,
    method: 'GET',
    path: versions,
    handle: (call) => {
      const entries = appOf(call).versions.map(showVersion);
      return listing(call, 'contentVersions', { entries, offset: 0, top: 1000, total: entries.length }, skipToken);
    },
  },
  { ...writing, method: 'POST', path: versions, handle: createVersion },
  {
    ...reading,
    method: 'GET',
    path: `${versions}/{version}`,
    handle: (call) => ({
      status: 200,
      body: { '@odata.context': contextUrl(call, entityContext), ...showVersion(versionOf(call).version) },
    }),
  },
  { ...writing, method: 'DELETE', path: `${versions}/{version}`, handle: removeVersion },
  {
    ...reading,
    method: 'GET',
    path: files,
    handle: (call) => {
      const { version } = versionOf(call);
      for (const file of version.files) settle(call, file);
      const entries = version.files.map((file) => showFile(file, call.now));
      return listing(call, 'files', { entries, offset: 0, top: 1000, total: entries.length }, skipToken);
    },
  },
  { ...writing, method: 'POST', path: files, handle: createFile },
  { ...reading, method: 'GET', path: `${files}/{file}`, handle: getFile },
  {
    ...writing,
    method: 'DELETE',
    path: `${files}/{file}`,
    handle: async (call) => {
      const { app, version, file } = fileOf(call);
      if (version.id === app.committedContentVersion)
        throw intuneBadRequest('Content of a committed version cannot be deleted.', call.path);
      version.files.splice(version.files.indexOf(file), 1);
      await call.services.storage.remove(file.blob);
      return { status: 204 };
    },
  },
  { ...writing, method: 'POST', path: `${files}/{file}/renewUpload`, handle: renewUpload },
  { ...writing, method: 'POST', path: `${files}/{file}/commit`, handle: commit },
];
