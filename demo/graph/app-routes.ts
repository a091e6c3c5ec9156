import type { AppRole } from '../roles.ts';
import { parseFilter } from './app-filter.ts';
import { showApp, showAssignment, showCategory } from './entity-shape.ts';
import { contextUrl, type GraphCall, type GraphRoute, listing } from './graph-call.ts';
import { badRequest, GraphError, intuneBadRequest, notFound } from './graph-error.ts';
import { newApp, publishingState, type StoredApp, uploadState } from './intune-tenant.ts';
import type { JsonObject } from './json.ts';
import { readOrder, readSelect, readSkipToken, readTop, select, skipToken } from './query-options.ts';

export const readApps: readonly AppRole[] = ['DeviceManagementApps.Read.All', 'DeviceManagementApps.ReadWrite.All'];
export const writeApps: readonly AppRole[] = ['DeviceManagementApps.ReadWrite.All'];

const root = '/deviceAppManagement/mobileApps';
const largestPage = 1000;
const pageAfter503 = 20;

export function appOf(call: GraphCall): StoredApp {
  const id = call.params.app ?? '';
  const app = call.intune.apps.get(id.toLowerCase());
  if (app === undefined) throw notFound(id);
  const cast = call.params.cast;
  if (cast !== undefined && cast !== `microsoft.graph.${app.type}`)
    throw intuneBadRequest(
      `The type '${cast}' does not fit: the app is a 'microsoft.graph.${app.type}'. Address content through the app's own type.`,
      call.path,
    );
  return app;
}

export const typeOfBody = (body: JsonObject): string =>
  String(body['@odata.type']).replace(/^#?(microsoft\.)?graph\./, '');

const show = (call: GraphCall, app: StoredApp) => showApp(call.metadata, call.services.metadata.beta, app, call.now);

function expanded(call: GraphCall, app: StoredApp, entity: JsonObject): JsonObject {
  const expand = call.query.get('$expand');
  if (expand === null) return entity;
  for (const relation of expand.split(',')) {
    if (relation === 'assignments')
      entity.assignments = app.assignments.map((assignment) => showAssignment(call.version, assignment));
    else if (relation === 'categories')
      entity.categories = call.intune.categories
        .filter((category) => app.categoryIds.has(category.id))
        .map((category) => showCategory(category, app.createdAt));
    else throw badRequest(`Could not find a property named '${relation}' on type 'microsoft.graph.mobileApp'.`);
  }
  return entity;
}

function list(call: GraphCall) {
  const top = readTop(call.query, largestPage);
  const offset = readSkipToken(call.query);
  if (top > pageAfter503 && call.services.faults.take('largePages503'))
    throw new GraphError(503, 'ServiceUnavailable', 'Service unavailable.', { 'Retry-After': '1' });
  const { beta } = call.services.metadata;
  // Intune takes properties of the base type only here: those of the concrete types need a request per app.
  const names = readSelect(call.query, (name) => call.metadata.property('mobileApp', name) !== undefined, 'mobileApp');
  const filterText = call.query.get('$filter');
  const filter =
    filterText === null
      ? null
      : parseFilter(filterText, ['displayName'], (name) => call.metadata.type(name) !== undefined);
  const found = [...call.intune.apps.values()].filter(
    (app) =>
      filter === null ||
      filter({
        isOf: (type) => beta.isA(app.type, type),
        text: (property) => (typeof app.properties[property] === 'string' ? app.properties[property] : null),
      }),
  );
  const order = readOrder(call.query, ['displayName']);
  if (order !== null) {
    const text = (app: StoredApp) => String(app.properties[order.by] ?? '');
    const compare = new Intl.Collator('en').compare;
    found.sort((one, other) => (order.down ? -1 : 1) * compare(text(one), text(other)));
  }
  const entries = found.slice(offset, offset + top).map((app) => select(expanded(call, app, show(call, app)), names));
  return listing(call, 'deviceAppManagement/mobileApps', { entries, offset, top, total: found.length }, skipToken);
}

function create(call: GraphCall) {
  const type = typeOfBody(call.body);
  const { '@odata.type': _type, ...properties } = call.body;
  const app = newApp(type, properties, call.now);
  // Links and store apps have no content: they are there at once.
  if (!call.metadata.isA(type, 'mobileLobApp')) app.publishedAt = call.now + call.services.delays.publishing;
  call.intune.apps.set(app.id, app);
  const body = { '@odata.context': contextUrl(call, 'deviceAppManagement/mobileApps/$entity'), ...show(call, app) };
  return { status: 201, body, isLost: call.services.faults.take('dropCreateAnswer') };
}

function get(call: GraphCall) {
  const app = appOf(call);
  const names = readSelect(call.query, (name) => call.metadata.property(app.type, name) !== undefined, app.type);
  const entity = select(expanded(call, app, show(call, app)), names);
  return {
    status: 200,
    body: { '@odata.context': contextUrl(call, 'deviceAppManagement/mobileApps/$entity'), ...entity },
  };
}

function update(call: GraphCall) {
  const app = appOf(call);
  const { '@odata.type': given, committedContentVersion, ...properties } = call.body;
  if (given !== undefined && typeOfBody(call.body) !== app.type)
    throw intuneBadRequest(
      `The type '${String(given)}' does not fit: the app is a 'microsoft.graph.${app.type}'.`,
      call.path,
    );
  if (committedContentVersion !== undefined) activate(call, app, String(committedContentVersion));
  Object.assign(app.properties, properties);
  app.modifiedAt = call.now;
  // Whatever the pace, the answer to the activating request shows the state between.
  const state = committedContentVersion === undefined ? {} : { publishingState: 'processing' };
  return {
    status: 200,
    body: {
      '@odata.context': contextUrl(call, 'deviceAppManagement/mobileApps/$entity'),
      ...show(call, app),
      ...state,
    },
  };
}

/** Intune starts to publish a version whose content was committed. */
function activate(call: GraphCall, app: StoredApp, versionId: string): void {
  const version = app.versions.find((candidate) => candidate.id === versionId);
  if (version === undefined) throw intuneBadRequest(`The content version '${versionId}' does not exist.`, call.path);
  const committed = version.files.filter((file) => uploadState(file, call.now) === 'commitFileSuccess');
  if (committed.length === 0)
    throw intuneBadRequest(`The content version '${versionId}' has no committed content.`, call.path);
  app.committedContentVersion = versionId;
  app.size = committed.reduce((sum, file) => sum + file.size, 0);
  app.publishedAt = call.now + call.services.delays.publishing;
}

async function remove(call: GraphCall) {
  const app = appOf(call);
  call.intune.apps.delete(app.id);
  for (const file of app.versions.flatMap((version) => version.files)) await call.services.storage.remove(file.blob);
  return { status: 204 };
}

function addCategory(call: GraphCall) {
  const app = appOf(call);
  const link = String(call.body['@odata.id']);
  const id = /\/deviceAppManagement\/mobileAppCategories(?:\/|\(')([^/')]+)/.exec(link)?.[1];
  const category = call.intune.categories.find((candidate) => candidate.id === id?.toLowerCase());
  if (category === undefined || !link.startsWith(`${call.services.graphUrl()}/`)) throw notFound(link);
  app.categoryIds.add(category.id);
  return { status: 204 };
}

function removeCategory(call: GraphCall) {
  const app = appOf(call);
  if (!app.categoryIds.delete(call.params.category?.toLowerCase() ?? '')) throw notFound(call.params.category ?? '');
  return { status: 204 };
}

/** Its own relations lead to a child; those in which others name it lead to a parent. */
function relationships(call: GraphCall): JsonObject[] {
  const app = appOf(call);
  const described = (relation: JsonObject, other: StoredApp, targetType: 'child' | 'parent'): JsonObject => ({
    ...relation,
    sourceId: app.id,
    sourceDisplayName: app.properties.displayName ?? null,
    targetId: other.id,
    targetDisplayName: other.properties.displayName ?? null,
    targetDisplayVersion: other.properties.displayVersion ?? null,
    targetPublisher: other.properties.publisher ?? null,
    targetType,
  });
  const apps = [...call.intune.apps.values()];
  return [
    ...app.relationships.flatMap((relation) => {
      const other = call.intune.apps.get(String(relation.targetId));
      return other === undefined ? [] : [described(relation, other, 'child')];
    }),
    ...apps.flatMap((other) =>
      other.relationships
        .filter(({ targetId }) => targetId === app.id)
        .map((relation) => described({ ...relation, id: `${app.id}_${other.id}` }, other, 'parent')),
    ),
  ];
}

function updateRelationships(call: GraphCall) {
  const app = appOf(call);
  const relationships = (call.body.relationships ?? []) as JsonObject[];
  for (const relationship of relationships) {
    const other = call.intune.apps.get(String(relationship.targetId));
    if (other === undefined) throw notFound(String(relationship.targetId));
    // https://learn.microsoft.com/intune/intune-service/apps/apps-win32-supersedence
    if (![app, other].every(({ type }) => call.services.metadata.beta.isA(type, 'win32LobApp')))
      throw intuneBadRequest('Relationships are supported for Win32 apps only.', call.path);
    if (other === app) throw intuneBadRequest('An app cannot be related to itself.', call.path);
  }
  if (relationships.filter((entry) => typeOfBody(entry) === 'mobileAppSupersedence').length > 10)
    throw intuneBadRequest('An app can supersede at most 10 apps.', call.path);
  if (publishingState(app, call.now) !== 'published')
    throw intuneBadRequest(`The app's PublishingState is not 'Published'.`, call.path);
  app.relationships = relationships.map((entry) => ({ ...entry, id: `${app.id}_${String(entry.targetId)}` }));
  return { status: 204 };
}

const reading = { roles: readApps, forbidden: 'apps' } as const;
const writing = { roles: writeApps, forbidden: 'apps' } as const;
const listOptions = ['$top', '$filter', '$select', '$skiptoken', '$expand', '$orderby'];

export const appRoutes: readonly GraphRoute[] = [
  { ...reading, method: 'GET', path: root, options: listOptions, handle: list },
  { ...writing, method: 'POST', path: root, needsApproval: 'more', handle: create },
  { ...reading, method: 'GET', path: `${root}/{app}`, options: ['$select', '$expand'], handle: get },
  { ...reading, method: 'GET', path: `${root}/{app}/{cast}`, options: ['$select', '$expand'], handle: get },
  { ...writing, method: 'PATCH', path: `${root}/{app}`, needsApproval: true, handle: update },
  { ...writing, method: 'PATCH', path: `${root}/{app}/{cast}`, needsApproval: true, handle: update },
  { ...writing, method: 'DELETE', path: `${root}/{app}`, needsApproval: true, handle: remove },
  {
    ...reading,
    method: 'GET',
    path: `${root}/{app}/categories`,
    handle: (call) => {
      const app = appOf(call);
      const value = call.intune.categories
        .filter((category) => app.categoryIds.has(category.id))
        .map((category) => showCategory(category, app.createdAt));
      return { status: 200, body: { '@odata.context': contextUrl(call, 'mobileAppCategories'), value } };
    },
  },
  { ...writing, method: 'POST', path: `${root}/{app}/categories/$ref`, needsApproval: true, handle: addCategory },
  {
    ...writing,
    method: 'DELETE',
    path: `${root}/{app}/categories/{category}/$ref`,
    needsApproval: true,
    handle: removeCategory,
  },
  {
    ...reading,
    method: 'GET',
    path: `${root}/{app}/relationships`,
    versions: ['beta'],
    handle: (call) => ({
      status: 200,
      body: { '@odata.context': contextUrl(call, 'relationships'), value: relationships(call) },
    }),
  },
  {
    ...writing,
    method: 'POST',
    path: `${root}/{app}/updateRelationships`,
    versions: ['beta'],
    needsApproval: true,
    handle: updateRelationships,
  },
];
