import type { GraphAppType } from '../packages/package-facts.ts';
import type { AppAssignment } from './app-assignments.ts';
import type { NewRelation } from './app-relations.ts';
import type { GraphVersion } from './graph-client.ts';
import type { AppRelation } from './intune-app.ts';

export type PublishingState = 'notPublished' | 'processing' | 'published';

export interface MobileApp {
  id: string;
  /** Without the `#microsoft.graph.` prefix. */
  graphType: string;
  displayName: string;
  publishingState: PublishingState;
  committedContentVersion: string | null;
  notes: string | null;
  createdDateTime: string | null;
  /** All of the app as Graph shows it in the version that was asked. */
  properties: Readonly<Record<string, unknown>>;
}

/** https://learn.microsoft.com/graph/api/resources/intune-apps-mobileappcontentfile */
export interface ContentFile {
  id: string;
  uploadState: string;
  /** A secret: whoever holds it can write the content. */
  azureStorageUri: string | null;
  azureStorageUriExpirationDateTime: string | null;
  isCommitted: boolean;
}

/** All values base64 except the two names. */
export interface FileEncryptionInfo {
  encryptionKey: string;
  macKey: string;
  initializationVector: string;
  mac: string;
  profileIdentifier: 'ProfileVersion1';
  fileDigest: string;
  fileDigestAlgorithm: 'SHA256';
}

export interface NewContentFile {
  name: string;
  /** Plain bytes. */
  size: number;
  /** Bytes that will be uploaded: MAC, IV and padded ciphertext. */
  sizeEncrypted: number;
  /** Base64, or null where the app type has none. */
  manifest: string | null;
}

/** The body of a create, as Graph wants it, with `@odata.type`. */
export type NewMobileApp = { '@odata.type': `#microsoft.graph.${GraphAppType}`; displayName: string } & Record<
  string,
  unknown
>;

/** What publishing needs of `/deviceAppManagement/mobileApps`; one instance serves one connection. */
export interface MobileApps {
  get(appId: string, signal?: AbortSignal): Promise<MobileApp>;
  /** The apps of a type that are meant, each read whole. Fails closed: an incomplete listing is an error, never "none". */
  find(
    where: { type: GraphAppType; version: GraphVersion },
    isMeant: (app: MobileApp) => boolean,
    signal?: AbortSignal,
  ): Promise<MobileApp[]>;
  /** Looks for the marker a job left in `notes`, to find out whether a create without an answer happened. */
  findByMarker(displayName: string, marker: string, signal?: AbortSignal): Promise<MobileApp | null>;
  create(app: NewMobileApp, signal?: AbortSignal): Promise<{ id: string }>;
  createContentVersion(appId: string, type: GraphAppType, signal?: AbortSignal): Promise<{ id: string }>;
  /** Ids of all content versions, in any state: tells whether a create without an answer happened. */
  contentVersions(appId: string, type: GraphAppType, signal?: AbortSignal): Promise<string[]>;
  createFile(
    appId: string,
    type: GraphAppType,
    version: string,
    file: NewContentFile,
    signal?: AbortSignal,
  ): Promise<ContentFile>;
  getFile(
    appId: string,
    type: GraphAppType,
    version: string,
    fileId: string,
    signal?: AbortSignal,
  ): Promise<ContentFile>;
  renewUpload(appId: string, type: GraphAppType, version: string, fileId: string, signal?: AbortSignal): Promise<void>;
  commitFile(
    appId: string,
    type: GraphAppType,
    version: string,
    fileId: string,
    info: FileEncryptionInfo,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Sets properties of an app that is there, for a new version of it. */
  update(appId: string, type: GraphAppType, properties: Record<string, unknown>, signal?: AbortSignal): Promise<void>;
  /** Only for a version that was never made active: deleting an active one can take the app with it. */
  removeContentVersion(appId: string, type: GraphAppType, version: string, signal?: AbortSignal): Promise<void>;
  /** To how many groups or targets the app goes; zero means that nobody receives it. */
  countAssignments(appId: string, signal?: AbortSignal): Promise<number>;
  assignments(appId: string, signal?: AbortSignal): Promise<AppAssignment[]>;
  /** Replaces all of them; Intune takes them for published apps only. */
  assign(appId: string, all: readonly AppAssignment[], signal?: AbortSignal): Promise<void>;
  /** To other apps and from them; none where the app's type has none. */
  relations(appId: string, signal?: AbortSignal): Promise<AppRelation[]>;
  /** Replaces all that lead to other apps; Intune takes them for published apps only. */
  setRelations(appId: string, relations: readonly NewRelation[], signal?: AbortSignal): Promise<void>;
  /** All that the tenant has, by name. */
  categories(signal?: AbortSignal): Promise<{ id: string; name: string }[]>;
  /** Ids of those that an app is under. */
  categoriesOf(appId: string, signal?: AbortSignal): Promise<string[]>;
  addCategory(appId: string, categoryId: string, signal?: AbortSignal): Promise<void>;
  /** Makes `version` the content that devices get. */
  activate(appId: string, type: GraphAppType, version: string, signal?: AbortSignal): Promise<void>;
  /** An app that is already gone is no error. */
  remove(appId: string, signal?: AbortSignal): Promise<void>;
}
