import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Workspace } from '../../src/access/actor.ts';
import type { StoredConnection } from '../../src/connections/connection.ts';
import { jobProgress } from '../../src/publishing/job-progress.ts';
import type { Database, Db } from '../../src/store/database.ts';
import {
  appDrafts,
  connectionShares,
  connections,
  consentRequests,
  heldChanges,
  linkApps,
  listings,
  ownRoles,
  pictures,
  publishJobs,
  releasePlaces,
  releases,
  templates,
} from '../../src/store/schema.ts';
import { emptyAppTemplate } from '../../src/templates/app-template.ts';
import { assignmentTemplate } from '../../src/templates/assignment-template.ts';
import type { Person } from '../fakes/connector.ts';
import type { Known } from './sample-data.ts';

export interface ThingsOptions {
  workspace: Workspace;
  connection: StoredConnection;
  owner: Person;
  place: { conversationId: string; serviceUrl: string };
  /** Stands in everything that is made. */
  mark: string;
  /** An app in the Intune of the connection. */
  appId: string;
  /** Another workspace of the tenant, which lends a connection to this one. */
  lender: string;
  queue: Pick<Database['queue'], 'send'>;
}

const first = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new Error('The row was not written');
  return row;
};

/** The same connection under another name, so that what one press deletes the next one still finds. */
async function copyOf(db: Db, of: StoredConnection) {
  const [row] = await db.select().from(connections).where(eq(connections.tenantId, of.tenantId)).limit(1);
  if (row === undefined) throw new Error('There is no connection to copy');
  const name = `${of.name.split(' ')[0]} ${randomUUID().slice(0, 8)}`;
  const { id: _id, createdAt: _at, ...values } = row;
  const copy = { ...values, workspaceId: of.workspaceId, name, nameKey: name.toLowerCase() };
  return first(await db.insert(connections).values(copy).returning());
}

/** One of everything that a card can name, in one workspace, under the names that cards use. A new kind of thing comes here. */
export async function makeThings(db: Db, options: ThingsOptions): Promise<Known> {
  const { workspace, owner, mark } = options;
  const connection = await copyOf(db, options.connection);
  const key = connection.name.toLowerCase();
  const { tenantId, cloud, clientId } = connection;
  const { id: workspaceId, homeTenantId } = workspace;
  const number = randomUUID().slice(0, 5);
  const place = { homeTenantId, conversationKind: 'channel', ...options.place };
  const here = { workspaceId, connectionId: connection.id };
  const by = { createdById: owner.objectId, createdByName: owner.name, changedByName: owner.name };
  const release = first(
    await db
      .insert(releases)
      .values({
        workspaceId,
        homeTenantId,
        requesterId: owner.objectId,
        requesterName: owner.name,
        requesterTeamsId: owner.teamsId,
        place,
        state: 'discarded',
        origin: { kind: 'artifact', artifactId: randomUUID(), fileName: `${mark}.apk`, size: 1 },
      })
      .returning(),
  );
  const progress = jobProgress.parse({
    size: 1,
    sizeEncrypted: 64,
    blockSize: 64,
    target: { tenantId, cloud },
    marker: mark,
    appId: options.appId,
  });
  const job = first(
    await db
      .insert(publishJobs)
      .values({
        ...here,
        number,
        releaseId: release.id,
        state: 'done',
        step: 'upload',
        outcome: 'failed',
        progress,
      })
      .returning(),
  );
  const role = first(
    await db
      .insert(ownRoles)
      .values({ workspaceId, name: `${connection.name} role`, nameKey: `${key} role`, permissions: ['publish'] })
      .returning(),
  );
  const lent = await copyOf(db, { ...options.connection, workspaceId: options.lender });
  await db.insert(connectionShares).values({
    connectionId: lent.id,
    homeTenantId,
    workspaceId,
    sharedById: owner.objectId,
    sharedByName: owner.name,
  });
  const share = first(
    await db
      .insert(connectionShares)
      .values({
        connectionId: connection.id,
        homeTenantId,
        workspaceId,
        sharedById: owner.objectId,
        sharedByName: owner.name,
      })
      .returning(),
  );
  const listing = first(
    await db
      .insert(listings)
      .values({ ...here, subject: 'apps', words: mark })
      .returning(),
  );
  const devicesListing = first(
    await db
      .insert(listings)
      .values({ ...here, subject: 'devices', words: mark })
      .returning(),
  );
  const drafts: Record<string, string> = {};
  for (const kind of ['metadata', 'categories', 'assign', 'relations', 'retire'] as const) {
    const values = { ...here, appId: options.appId, kind, seen: {}, doneAt: new Date() };
    drafts[`${kind}Draft`] = first(await db.insert(appDrafts).values(values).returning()).id;
  }
  const appContent = { ...emptyAppTemplate, name: mark };
  const template = first(
    await db
      .insert(templates)
      .values({ ...by, workspaceId, kind: 'app', nameKey: key, content: appContent, draft: appContent })
      .returning(),
  );
  const content = assignmentTemplate.parse({ name: mark, rows: [], nextKey: 1 });
  const assignments = first(
    await db
      .insert(templates)
      .values({
        ...by,
        ...here,
        workspaceId,
        kind: 'assignment',
        nameKey: key,
        cloud,
        tenantId,
        content,
        draft: content,
      })
      .returning(),
  );
  const picture = first(
    await db
      .insert(pictures)
      .values({ workspaceId, mimeType: 'image/png', width: 1, height: 1, base64: '' })
      .returning(),
  );
  const request = first(
    await db
      .insert(consentRequests)
      .values({
        ...here,
        requester: { homeTenantId, objectId: owner.objectId, name: owner.name, teamsId: owner.teamsId },
        place,
        state: 'denied',
        stateSince: new Date(),
        connectionName: connection.name,
        connectionRevision: connection.revision,
        cloud,
        tenantId,
        clientId,
        capabilities: [],
        permissions: [],
        message: mark,
        approvers: [],
        approversAre: 'admins',
        expiresAt: new Date(),
        dueAt: new Date(),
      })
      .returning(),
  );
  // One package in several places: the release that began it names the group.
  await db.insert(releasePlaces).values({ groupId: release.id, connectionId: connection.id, releaseId: release.id });
  const link = first(
    await db
      .insert(linkApps)
      .values({
        ...here,
        requesterId: owner.objectId,
        requesterName: owner.name,
        store: 'web',
        url: 'https://intranet.example/',
        storeId: 'https://intranet.example/',
        state: 'draft',
        form: { displayName: mark },
        marker: mark,
      })
      .returning(),
  );
  const held = first(
    await db
      .insert(heldChanges)
      .values({
        ...here,
        ...{ appId: options.appId, appName: mark, action: 'app.save', approvers: [], request: {}, marker: mark },
        ...{ requesterId: owner.objectId, requesterName: owner.name, code: randomUUID(), clientId, state: 'rejected' },
      })
      .returning(),
  );
  const requester = { objectId: owner.objectId, name: owner.name, teamsId: owner.teamsId };
  const subject = { workspaceId, homeTenantId, requester, place, fileName: `${mark}.apk`, host: 'packages.example' };
  const download = await options.queue.send(
    'link-import',
    { linkSecretId: randomUUID(), subject },
    { startAfter: 600 },
  );
  return {
    import: download,
    held: held.id,
    connection: connection.id,
    group: release.id,
    link: link.id,
    lent: lent.id,
    release: release.id,
    job: job.id,
    role: role.id,
    share: share.id,
    listing: listing.id,
    devicesListing: devicesListing.id,
    draft: drafts.metadataDraft,
    ...drafts,
    app: options.appId,
    template: template.id,
    picture: picture.id,
    from: release.id,
    assignments: assignments.id,
    assignmentTemplateId: assignments.id,
    number,
    request: request.id,
    revision: 1,
    holder: owner.objectId,
    kind: 'person',
    to: 'person',
  };
}
