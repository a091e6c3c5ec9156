import { randomUUID } from 'node:crypto';
import type { JsonObject } from './json.ts';

export interface FileEncryptionInfo {
  encryptionKey: string;
  macKey: string;
  initializationVector: string;
  mac: string;
  profileIdentifier: string;
  fileDigest: string;
  fileDigestAlgorithm: string;
}

/** What is going on with a content file; the outcome shows once `readyAt` has passed. */
export type FilePhase =
  | { name: 'azureStorageUriRequest' | 'azureStorageUriRenewal'; readyAt: number; stuck: boolean; isIssued: boolean }
  | { name: 'commitFile'; readyAt: number; outcome: 'Pending' | 'Success' | 'Failed' };

export interface ContentFile {
  id: string;
  name: string | null;
  size: number;
  sizeEncrypted: number;
  manifest: string | null;
  isDependency: boolean;
  createdAt: number;
  phase: FilePhase;
  /** Where the bytes go: the path of the blob on the local storage. */
  blob: string;
  uploadUrl: { value: string; expiresAt: number } | null;
  isCommitted: boolean;
}

export interface ContentVersion {
  id: string;
  files: ContentFile[];
}

export interface Assignment {
  id: string;
  intent: string;
  target: JsonObject;
  settings: JsonObject | null;
}

/** What the content turned out to be once it was decrypted. */
export interface VerifiedContent {
  plainSha256: string;
  size: number;
  verified: boolean;
}

export interface StoredApp {
  id: string;
  /** Without `microsoft.graph.`. */
  type: string;
  /** Only what clients may write. */
  properties: JsonObject;
  createdAt: number;
  modifiedAt: number;
  committedContentVersion: string | null;
  size: number;
  /** `processing` until then; undefined while nothing was activated. */
  publishedAt: number | undefined;
  versions: ContentVersion[];
  nextVersion: number;
  categoryIds: Set<string>;
  assignments: Assignment[];
  relationships: JsonObject[];
  content: VerifiedContent | null;
}

export interface ApprovalRequest {
  id: string;
  /** As it was decided; whether it has expired shows only together with the time. */
  status: 'needsApproval' | 'approved' | 'rejected' | 'cancelled' | 'completed';
  /** The very call that was asked for; only this one may be completed. */
  call: { appId: string; method: string; path: string; body: string };
  entity: string;
  justification: string;
  requestedAt: number;
  expiresAt: number;
  modifiedAt: number;
  approver: { id: string; displayName: string } | null;
  answer: string | null;
}

/** A request nobody has completed in time is of no use any more. */
export function approvalStatus(request: ApprovalRequest, now: number): ApprovalRequest['status'] | 'expired' {
  const isOpen = request.status === 'needsApproval' || request.status === 'approved';
  return isOpen && now >= request.expiresAt ? 'expired' : request.status;
}

/** What one tenant's Intune and directory hold. */
export interface IntuneTenant {
  tenantId: string;
  apps: Map<string, StoredApp>;
  categories: { id: string; displayName: string }[];
  filters: JsonObject[];
  groups: JsonObject[];
  /** Ids of people and groups, by the id of the group they are in. */
  groupMembers: Map<string, string[]>;
  devices: JsonObject[];
  approvals: ApprovalRequest[];
}

export function newApp(type: string, properties: JsonObject, now: number): StoredApp {
  return {
    id: randomUUID(),
    type,
    properties,
    createdAt: now,
    modifiedAt: now,
    committedContentVersion: null,
    size: 0,
    publishedAt: undefined,
    versions: [],
    nextVersion: 1,
    categoryIds: new Set(),
    assignments: [],
    relationships: [],
    content: null,
  };
}

export function publishingState(app: StoredApp, now: number): 'notPublished' | 'processing' | 'published' {
  if (app.publishedAt === undefined) return 'notPublished';
  return now >= app.publishedAt ? 'published' : 'processing';
}

export function uploadState(file: ContentFile, now: number): string {
  const { phase } = file;
  if (phase.name === 'commitFile') return `commitFile${now >= phase.readyAt ? phase.outcome : 'Pending'}`;
  if (phase.stuck) return `${phase.name}${now >= phase.readyAt ? 'TimedOut' : 'Pending'}`;
  return `${phase.name}${now >= phase.readyAt ? 'Success' : 'Pending'}`;
}
