import type { AppAssignment } from '../../src/graph/app-assignments.ts';
import type { NewRelation } from '../../src/graph/app-relations.ts';
import type { AppRelation } from '../../src/graph/intune-app.ts';
import type {
  ContentFile,
  FileEncryptionInfo,
  MobileApp,
  MobileApps,
  NewContentFile,
  NewMobileApp,
  PublishingState,
} from '../../src/graph/mobile-apps.ts';
import type { GraphAppType } from '../../src/packages/package-facts.ts';
import { type ProblemCode, ProblemError } from '../../src/problems/problem.ts';
import { openContent } from './content.ts';
import type { FakeStorage } from './storage.ts';

export type Point = `${keyof MobileApps}:${'before' | 'after'}`;

interface FakeFile {
  id: string;
  size: number;
  sizeEncrypted: number;
  manifest: string | null;
  uploadState: string;
  uri: string | null;
  expiresAt: number | null;
  /** Polls until the pending state is over. */
  pending: number;
  info: FileEncryptionInfo | null;
}

interface FakeVersion {
  id: string;
  files: Map<string, FakeFile>;
}

export interface FakeApp {
  id: string;
  type: string;
  properties: Record<string, unknown>;
  publishingState: PublishingState;
  committedContentVersion: string | null;
  processing: number;
  versions: Map<string, FakeVersion>;
  nextVersion: number;
  assignments: AppAssignment[];
  relations: NewRelation[];
}

export interface FakeMobileAppsOptions {
  storage: FakeStorage;
  now(): number;
  /** How often somebody has to ask until the service is done. */
  polls?: number;
  uploadMinutes?: number;
}

const fail = (code: ProblemCode): never => {
  throw new ProblemError(code);
};

/**
 * Intune's mobile apps in memory, as strict as the service: the cast has to be the app's own type, an app has one
 * uncommitted version at most, content is opened and compared before it is committed, and deleting an active version
 * takes the app with it.
 */
export class FakeMobileApps implements MobileApps {
  readonly apps = new Map<string, FakeApp>();
  /** Names of the calls that were made, in order. */
  readonly calls: string[] = [];
  /** May throw, or never resolve, before a call has its effect or before it is answered. */
  hook: (point: Point, times: number) => Promise<void> | void = () => undefined;
  /** Commits that fail although the content is right. */
  failCommits = 0;
  readonly #options: FakeMobileAppsOptions;
  readonly #times = new Map<Point, number>();
  #ids = 0;

  constructor(options: FakeMobileAppsOptions) {
    this.#options = options;
  }

  /** An app that somebody else made and published. */
  seed(properties: Record<string, unknown>): FakeApp {
    const app = this.#newApp('androidLobApp', properties);
    app.publishingState = 'published';
    app.committedContentVersion = '1';
    app.versions.set('1', { id: '1', files: new Map() });
    app.nextVersion = 2;
    return app;
  }

  count(call: keyof MobileApps): number {
    return this.calls.filter((name) => name === call).length;
  }

  get = (appId: string): Promise<MobileApp> =>
    this.#call('get', () => {
      const app = this.#app(appId);
      if (app.publishingState === 'processing') {
        app.processing -= 1;
        if (app.processing < 0) app.publishingState = 'published';
      }
      return toMobileApp(app);
    });

  find = (where: { type: GraphAppType }, isMeant: (app: MobileApp) => boolean): Promise<MobileApp[]> =>
    this.#call('find', () =>
      [...this.apps.values()]
        .filter((app) => app.type === where.type)
        .map(toMobileApp)
        .filter(isMeant),
    );

  findByMarker = (displayName: string, marker: string): Promise<MobileApp | null> =>
    this.#call('findByMarker', () => {
      const found = [...this.apps.values()].find(
        ({ properties }) => properties.displayName === displayName && String(properties.notes ?? '').includes(marker),
      );
      return found === undefined ? null : toMobileApp(found);
    });

  create = (body: NewMobileApp): Promise<{ id: string }> =>
    this.#call('create', () => {
      const { '@odata.type': type, ...properties } = body;
      return { id: this.#newApp(type.replace('#microsoft.graph.', ''), properties).id };
    });

  createContentVersion = (appId: string, type: GraphAppType): Promise<{ id: string }> =>
    this.#call('createContentVersion', () => {
      const app = this.#app(appId, type);
      const isUnfinished = (version: FakeVersion) =>
        version.id !== app.committedContentVersion &&
        ![...version.files.values()].some((file) => file.uploadState === 'commitFileSuccess');
      if ([...app.versions.values()].some(isUnfinished)) return fail('graphRequestRefused');
      const id = String(app.nextVersion);
      app.nextVersion += 1;
      app.versions.set(id, { id, files: new Map() });
      return { id };
    });

  contentVersions = (appId: string, type: GraphAppType): Promise<string[]> =>
    this.#call('contentVersions', () => [...this.#app(appId, type).versions.keys()]);

  /** Of the tenant. */
  knownCategories: { id: string; name: string }[] = [];
  readonly #categoryIds = new Map<string, string[]>();

  categories = (): Promise<{ id: string; name: string }[]> => this.#call('categories', () => this.knownCategories);

  categoriesOf = (appId: string): Promise<string[]> =>
    this.#call('categoriesOf', () => this.#categoryIds.get(this.#app(appId).id) ?? []);

  addCategory = (appId: string, categoryId: string): Promise<void> =>
    this.#call('addCategory', () => {
      const { id } = this.#app(appId);
      this.#categoryIds.set(id, [...(this.#categoryIds.get(id) ?? []), categoryId]);
    });

  countAssignments = (appId: string): Promise<number> =>
    this.#call('countAssignments', () => {
      return this.#app(appId).assignments.length;
    });

  assignments = (appId: string): Promise<AppAssignment[]> =>
    this.#call('assignments', () => [...this.#app(appId).assignments]);

  assign = (appId: string, all: readonly AppAssignment[]): Promise<void> =>
    this.#call('assign', () => {
      const app = this.#app(appId);
      if (app.publishingState !== 'published') return fail('graphRequestRefused');
      app.assignments = [...all];
    });

  relations = (appId: string): Promise<AppRelation[]> =>
    this.#call('relations', () => [
      ...this.#app(appId).relations.map((relation) => related(relation.targetId, relation, false)),
      ...[...this.apps.values()].flatMap((other) =>
        other.relations
          .filter(({ targetId }) => targetId === appId)
          .map((relation) => related(other.id, relation, true)),
      ),
    ]);

  setRelations = (appId: string, relations: readonly NewRelation[]): Promise<void> =>
    this.#call('setRelations', () => {
      const app = this.#app(appId);
      if (app.publishingState !== 'published') return fail('graphRequestRefused');
      for (const { targetId } of relations) this.#app(targetId);
      app.relations = [...relations];
    });

  createFile = (appId: string, type: GraphAppType, version: string, file: NewContentFile): Promise<ContentFile> =>
    this.#call('createFile', () => {
      const { files } = this.#version(appId, type, version);
      this.#ids += 1;
      const made: FakeFile = {
        id: `file-${this.#ids}`,
        size: file.size,
        sizeEncrypted: file.sizeEncrypted,
        manifest: file.manifest,
        uploadState: 'azureStorageUriRequestPending',
        uri: null,
        expiresAt: null,
        pending: this.#options.polls ?? 1,
        info: null,
      };
      files.set(made.id, made);
      return toContentFile(made);
    });

  getFile = (appId: string, type: GraphAppType, version: string, fileId: string): Promise<ContentFile> =>
    this.#call('getFile', () => {
      const file = this.#file(appId, type, version, fileId);
      if (file.uploadState.endsWith('Pending')) {
        file.pending -= 1;
        if (file.pending < 0) this.#settle(file);
      }
      return toContentFile(file);
    });

  renewUpload = (appId: string, type: GraphAppType, version: string, fileId: string): Promise<void> =>
    this.#call('renewUpload', () => {
      const file = this.#file(appId, type, version, fileId);
      if (!file.uploadState.startsWith('azureStorageUri')) return fail('graphRequestRefused');
      file.uploadState = 'azureStorageUriRenewalPending';
      file.pending = this.#options.polls ?? 1;
    });

  commitFile = (
    appId: string,
    type: GraphAppType,
    version: string,
    fileId: string,
    info: FileEncryptionInfo,
  ): Promise<void> =>
    this.#call('commitFile', () => {
      const file = this.#file(appId, type, version, fileId);
      if (!file.uploadState.startsWith('azureStorageUri')) return fail('graphRequestRefused');
      file.info = info;
      file.uploadState = 'commitFilePending';
      file.pending = this.#options.polls ?? 1;
    });

  update = (appId: string, type: GraphAppType, properties: Record<string, unknown>): Promise<void> =>
    this.#call('update', () => this.#patch(appId, type, properties));

  activate = (appId: string, type: GraphAppType, version: string): Promise<void> =>
    this.#call('activate', () => this.#patch(appId, type, { committedContentVersion: version }));

  removeContentVersion = (appId: string, type: GraphAppType, version: string): Promise<void> =>
    this.#call('removeContentVersion', () => {
      const app = this.#app(appId, type);
      if (app.committedContentVersion === version) this.apps.delete(appId);
      app.versions.delete(version);
    });

  remove = (appId: string): Promise<void> =>
    this.#call('remove', () => {
      this.apps.delete(appId);
    });

  async #call<T>(name: keyof MobileApps, effect: () => T): Promise<T> {
    this.calls.push(name);
    await this.#point(`${name}:before`);
    const answer = effect();
    await this.#point(`${name}:after`);
    return answer;
  }

  async #point(point: Point): Promise<void> {
    const times = (this.#times.get(point) ?? 0) + 1;
    this.#times.set(point, times);
    await this.hook(point, times);
  }

  #newApp(type: string, properties: Record<string, unknown>): FakeApp {
    this.#ids += 1;
    const app: FakeApp = {
      id: `app-${this.#ids}`,
      type,
      properties,
      publishingState: 'notPublished',
      committedContentVersion: null,
      processing: 0,
      versions: new Map(),
      nextVersion: 1,
      assignments: [],
      relations: [],
    };
    this.apps.set(app.id, app);
    return app;
  }

  #patch(appId: string, type: GraphAppType, { committedContentVersion, ...properties }: Record<string, unknown>): void {
    const app = this.#app(appId, type);
    if (committedContentVersion !== undefined) {
      const version = app.versions.get(String(committedContentVersion));
      const isCommitted = [...(version?.files.values() ?? [])].some((file) => file.uploadState === 'commitFileSuccess');
      if (typeof committedContentVersion !== 'string' || !isCommitted) throw new ProblemError('graphRequestRefused');
      app.committedContentVersion = committedContentVersion;
      app.publishingState = 'processing';
      app.processing = this.#options.polls ?? 1;
    }
    Object.assign(app.properties, properties);
  }

  #settle(file: FakeFile): void {
    const { storage, now, uploadMinutes = 15 } = this.#options;
    if (file.uploadState === 'commitFilePending') {
      file.uploadState = this.#isRight(file) ? 'commitFileSuccess' : 'commitFileFailed';
      return;
    }
    this.#ids += 1;
    file.expiresAt = now() + uploadMinutes * 60_000;
    file.uri = storage.grant(`sig-${this.#ids}`, file.expiresAt, file.id);
    file.uploadState = file.uploadState.replace('Pending', 'Success');
  }

  #isRight(file: FakeFile): boolean {
    if (this.failCommits > 0) {
      this.failCommits -= 1;
      return false;
    }
    const stored = this.#options.storage.committed(file.id);
    if (stored === null || file.info === null || stored.length !== file.sizeEncrypted) return false;
    const { encryptionKey, macKey, initializationVector, mac, fileDigest } = file.info;
    const bytes = (text: string) => Buffer.from(text, 'base64');
    try {
      const opened = openContent(stored, {
        encryptionKey: bytes(encryptionKey),
        macKey: bytes(macKey),
        initializationVector: bytes(initializationVector),
      });
      return (
        opened.mac === opened.expectedMac &&
        opened.mac === mac &&
        opened.initializationVector === initializationVector &&
        opened.fileDigest === fileDigest &&
        opened.plain.length === file.size
      );
    } catch {
      return false;
    }
  }

  #app(appId: string, type?: GraphAppType): FakeApp {
    const app = this.apps.get(appId);
    if (app === undefined) return fail('graphNotFound');
    if (type !== undefined && app.type !== type) return fail('graphRequestRefused');
    return app;
  }

  #version(appId: string, type: GraphAppType, version: string): FakeVersion {
    return this.#app(appId, type).versions.get(version) ?? fail('graphNotFound');
  }

  #file(appId: string, type: GraphAppType, version: string, fileId: string): FakeFile {
    return this.#version(appId, type, version).files.get(fileId) ?? fail('graphNotFound');
  }
}

function toMobileApp(app: FakeApp): MobileApp {
  const text = (name: string) => (typeof app.properties[name] === 'string' ? (app.properties[name] as string) : null);
  return {
    id: app.id,
    graphType: app.type,
    displayName: text('displayName') ?? '',
    publishingState: app.publishingState,
    committedContentVersion: app.committedContentVersion,
    notes: text('notes'),
    createdDateTime: null,
    properties: { ...app.properties },
  };
}

const related = (targetId: string, { kind, how }: NewRelation, isInbound: boolean): AppRelation => ({
  id: `to_${targetId}`,
  targetName: null,
  targetVersion: null,
  ...{ kind, how, targetId, isInbound },
});

function toContentFile(file: FakeFile): ContentFile {
  return {
    id: file.id,
    uploadState: file.uploadState,
    azureStorageUri: file.uri,
    azureStorageUriExpirationDateTime: file.expiresAt === null ? null : new Date(file.expiresAt).toISOString(),
    isCommitted: file.uploadState === 'commitFileSuccess',
  };
}
