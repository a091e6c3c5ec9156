import { z } from 'zod';
import type { AppAssignment } from './app-assignments.ts';

const nullable = z
  .string()
  .nullish()
  .transform((text) => text ?? null);

const bareType = (type: string | null | undefined) => (type ?? '').replace(/^#?microsoft\.graph\./, '');

// A state that is new to this product is one to wait in.
const publishingState = z.enum(['notPublished', 'processing', 'published']).catch('processing');

const graphObject = z.looseObject({ '@odata.type': z.string() });

const assignedTarget = z
  .object({ id: z.string(), intent: z.string(), target: graphObject, settings: graphObject.nullish() })
  .transform(({ settings, ...rest }): AssignedTarget => ({ ...rest, settings: settings ?? null }));

/** An assignment that is in Intune; `id` is its own. */
export interface AssignedTarget extends AppAssignment {
  id: string;
}

export const appCategory = z.object({ id: z.string(), displayName: nullable });

/** A row of a list. Only properties that every type has: one of a subtype in `$select` and Graph refuses the listing. */
export const appRow = z
  .object({
    id: z.string(),
    '@odata.type': z.string().nullish(),
    displayName: nullable,
    publisher: nullable,
    publishingState,
    isAssigned: z.boolean().nullish(),
    lastModifiedDateTime: nullable,
  })
  .transform(({ '@odata.type': type, displayName, isAssigned, ...row }) => ({
    ...row,
    displayName: displayName ?? '',
    graphType: bareType(type),
    isAssigned: isAssigned ?? null,
  }));
export type AppRow = z.infer<typeof appRow>;

/** What stands for the version and the identity of an app, in the order of how much it tells; types have one each. */
const versionProperties = [
  'displayVersion',
  'versionName',
  'versionNumber',
  'productVersion',
  'identityVersion',
  'primaryBundleVersion',
] as const;
const identifierProperties = [
  'packageId',
  'bundleId',
  'primaryBundleId',
  'productCode',
  'identityName',
  'packageIdentifier',
  'appUrl',
  'appStoreUrl',
] as const;

export const appMetadata = z.object({
  displayName: nullable,
  description: nullable,
  publisher: nullable,
  developer: nullable,
  owner: nullable,
  notes: nullable,
  informationUrl: nullable,
  privacyInformationUrl: nullable,
  isFeatured: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
});

const picture = z.object({ type: nullable, value: nullable }).nullish();
const msi = z.looseObject({ productVersion: nullable, productCode: nullable }).nullish();

export const intuneApp = z
  .looseObject({
    id: z.string(),
    '@odata.type': z.string().nullish(),
    publishingState,
    createdDateTime: nullable,
    lastModifiedDateTime: nullable,
    committedContentVersion: nullable,
    size: z.number().nullish(),
    versionCode: nullable,
    buildNumber: nullable,
    fileName: nullable,
    largeIcon: picture,
    msiInformation: msi,
    assignments: z.array(assignedTarget).nullish(),
    categories: z.array(appCategory).nullish(),
  })
  .transform((app) => {
    const said = (names: readonly string[]): string | null => {
      const found = names.map((name) => app[name]).find((value) => typeof value === 'string' && value !== '');
      return typeof found === 'string' ? found : null;
    };
    const icon = app.largeIcon;
    return {
      id: app.id,
      graphType: bareType(app['@odata.type']),
      metadata: appMetadata.parse(app),
      publishingState: app.publishingState,
      version: said(versionProperties) ?? app.msiInformation?.productVersion ?? null,
      /** Android's version code or Apple's build number. */
      build: app.versionCode ?? app.buildNumber,
      identifier: said(identifierProperties) ?? app.msiInformation?.productCode ?? null,
      fileName: app.fileName,
      size: app.size ?? null,
      committedContentVersion: app.committedContentVersion,
      createdDateTime: app.createdDateTime,
      lastModifiedDateTime: app.lastModifiedDateTime,
      icon: icon?.value && icon.type ? { mimeType: icon.type, base64: icon.value } : null,
      assignments: app.assignments ?? [],
      categories: app.categories ?? [],
    };
  });
export type IntuneApp = z.infer<typeof intuneApp>;

/** Beta only; https://learn.microsoft.com/graph/api/resources/intune-apps-mobileapprelationship */
export const appRelation = z
  .looseObject({
    id: z.string(),
    '@odata.type': z.string().nullish(),
    targetId: z.string(),
    targetDisplayName: nullable,
    targetDisplayVersion: nullable,
    targetType: nullable,
    supersedenceType: nullable,
    dependencyType: nullable,
  })
  .transform((relation) => ({
    id: relation.id,
    kind:
      bareType(relation['@odata.type']) === 'mobileAppDependency' ? ('dependency' as const) : ('supersedence' as const),
    targetId: relation.targetId,
    targetName: relation.targetDisplayName,
    targetVersion: relation.targetDisplayVersion,
    /** `parent`: the other app is the one that supersedes this one or depends on it. */
    isInbound: relation.targetType === 'parent',
    how: relation.supersedenceType ?? relation.dependencyType,
  }));
export type AppRelation = z.infer<typeof appRelation>;
