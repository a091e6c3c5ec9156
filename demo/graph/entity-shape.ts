import type { Assignment, ContentFile, IntuneTenant, StoredApp } from './intune-tenant.ts';
import { publishingState, uploadState } from './intune-tenant.ts';
import type { Json, JsonObject } from './json.ts';
import { elementOf, type Metadata, type PropertyFacets } from './metadata.ts';

const iso = (at: number) => new Date(at).toISOString();

/** What Graph shows for a property that nobody has set. */
function unset(metadata: Metadata, facets: PropertyFacets): Json {
  if (elementOf(facets.type) !== null) return [];
  if (facets.nullable !== false) return null;
  if (facets.type === 'Edm.Boolean') return false;
  if (/^Edm\.(Int|Byte|Double|Single|Decimal)/.test(facets.type)) return 0;
  if (facets.type === 'Edm.String') return '';
  return metadata.enumeration(facets.type)?.members[0] ?? null;
}

/** v1.0 does not know every type of beta: it shows the nearest ancestor it knows. */
function shownType(metadata: Metadata, beta: Metadata, type: string): string {
  return beta.lineage(type).find((name) => metadata.type(name) !== undefined) ?? 'mobileApp';
}

export function showApp(metadata: Metadata, beta: Metadata, app: StoredApp, now: number): JsonObject {
  const type = shownType(metadata, beta, app.type);
  const shown: JsonObject = { '@odata.type': `#microsoft.graph.${type}`, id: app.id };
  for (const [name, facets] of Object.entries(metadata.properties(type))) {
    if (name === 'id') continue;
    shown[name] = app.properties[name] ?? unset(metadata, facets);
  }
  shown.createdDateTime = iso(app.createdAt);
  shown.lastModifiedDateTime = iso(app.modifiedAt);
  shown.publishingState = publishingState(app, now);
  if ('committedContentVersion' in shown) {
    shown.committedContentVersion = app.committedContentVersion;
    shown.size = app.size;
  }
  if ('isAssigned' in shown) shown.isAssigned = app.assignments.length > 0;
  return shown;
}

export function showFile(file: ContentFile, now: number): JsonObject {
  const state = uploadState(file, now);
  const isUsable = !state.startsWith('azureStorageUriRequest') || state === 'azureStorageUriRequestSuccess';
  const url = isUsable ? file.uploadUrl : null;
  return {
    '@odata.type': '#microsoft.graph.mobileAppContentFile',
    id: file.id,
    name: file.name,
    size: file.size,
    sizeEncrypted: file.sizeEncrypted,
    createdDateTime: iso(file.createdAt),
    isCommitted: file.isCommitted && state === 'commitFileSuccess',
    isDependency: file.isDependency,
    manifest: file.manifest,
    uploadState: state,
    azureStorageUri: url?.value ?? null,
    azureStorageUriExpirationDateTime: url === null ? null : iso(url.expiresAt),
  };
}

export function showAssignment(version: 'v1.0' | 'beta', assignment: Assignment): JsonObject {
  const target = { ...assignment.target };
  if (version === 'v1.0') {
    delete target.deviceAndAppManagementAssignmentFilterId;
    delete target.deviceAndAppManagementAssignmentFilterType;
  }
  return {
    '@odata.type': '#microsoft.graph.mobileAppAssignment',
    id: assignment.id,
    intent: assignment.intent,
    target,
    settings: assignment.settings,
    ...(version === 'beta' ? { source: 'direct', sourceId: assignment.id.split('_')[0] ?? '' } : {}),
  };
}

export const showCategory = (category: IntuneTenant['categories'][number], now: number): JsonObject => ({
  id: category.id,
  displayName: category.displayName,
  lastModifiedDateTime: iso(now),
});
