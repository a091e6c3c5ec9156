import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import type { Actor, Workspace } from '../access/actor.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { CertificateFacts } from '../graph/certificates/certificate.ts';
import type { ReadCertificateFile } from '../graph/certificates/certificate-file-reader.ts';
import { ProblemError } from '../problems/problem.ts';
import { codeHashOf, hashOf, isHash, isToken, newCode, newToken } from '../sign-in/link-secrets.ts';
import type { Database, Db } from '../store/database.ts';
import { certificateLinks, connections as connectionRows } from '../store/schema.ts';
import type { SecretVault } from '../store/secret-vault.ts';
import type { StoredConnection } from './connection.ts';
import { recordConnection } from './connection-audit.ts';
import { credentialColumns } from './connection-columns.ts';
import { connectionIn } from './connection-store.ts';
import type { Connections } from './connections.ts';
import type { PreparedCredential } from './credential.ts';
import { awaitsFile } from './credential-facts.ts';
import { uploadedCredential } from './prepare-credential.ts';

export interface CertificateUploadsOptions {
  database: Pick<Database, 'db'>;
  vault: SecretVault;
  audit: AuditLog;
  connections: Pick<Connections, 'changing' | 'requestTestIn' | 'rotation'>;
  workspaceById: (id: string) => Promise<Workspace | null>;
  /** Whether somebody may change connections of a workspace, now. */
  mayChange: (person: Pick<Actor, 'homeTenantId' | 'objectId'>, workspace: Workspace) => Promise<boolean>;
  readFile: ReadCertificateFile;
  /** For the cards that show the connection. */
  onReceived: (connectionId: string) => void;
  publicUrl: string;
  now?: () => Date;
}

/** What the page says of a link. */
export interface CertificateAsk {
  requesterName: string;
  homeTenantId: string;
  workspace: Workspace;
  connection: StoredConnection;
  /** It takes the place of another credential, after a test. */
  replaces: boolean;
}

export interface SentFile {
  code: string;
  bytes: Uint8Array;
  password: string;
}

type Link = typeof certificateLinks.$inferSelect;

const lifeMs = 15 * 60_000;
const keptMs = 24 * 60 * 60_000;
const wrongCodesAllowed = 5;
const wrongFilesAllowed = 20;

/**
 * Own certificates with their private keys, by a page: the link and the code stand on one person's card, so that whoever
 * got the link alone neither puts a key into somebody's connection nor is led to give theirs away.
 */
export class CertificateUploads {
  readonly #options: CertificateUploadsOptions;
  readonly #now: () => Date;

  constructor(options: CertificateUploadsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  async issue(
    connection: StoredConnection,
    by: Pick<Actor, 'homeTenantId' | 'objectId' | 'name'>,
  ): Promise<{ url: string; code: string; expiresAt: Date }> {
    const { database, publicUrl } = this.#options;
    const [token, code, now] = [newToken(), newCode(), this.#now()];
    const expiresAt = new Date(now.getTime() + lifeMs);
    await database.db.delete(certificateLinks).where(lt(certificateLinks.expiresAt, new Date(now.getTime() - keptMs)));
    await database.db.insert(certificateLinks).values({
      workspaceId: connection.workspaceId,
      connectionId: connection.id,
      connectionRevision: connection.revision,
      homeTenantId: by.homeTenantId,
      requesterId: by.objectId,
      requesterName: by.name,
      tokenHash: hashOf(token),
      codeHash: codeHashOf(token, code),
      expiresAt,
    });
    return { url: `${publicUrl}/credential/${token}`, code, expiresAt };
  }

  /** Nothing is used up: programs that look at links come here too. */
  async look(token: string): Promise<CertificateAsk> {
    return (await this.#usable(token)).ask;
  }

  /** Uses the link up, unless the code or the file is refused. */
  async receive(
    token: string,
    { code, bytes, password }: SentFile,
  ): Promise<CertificateAsk & { facts: CertificateFacts }> {
    const { connections, mayChange, readFile, onReceived } = this.#options;
    const { link, ask } = await this.#usable(token);
    // A try is spent before the code is compared, so that guesses that come at once are counted too.
    await this.#spend(
      link,
      { wrongCodes: sql`${certificateLinks.wrongCodes} + 1` },
      lt(certificateLinks.wrongCodes, wrongCodesAllowed),
    );
    if (!isHash(link.codeHash, codeHashOf(token, code.replace(/\s/g, ''))))
      throw new ProblemError('certificateCodeWrong');
    if (!(await mayChange({ homeTenantId: link.homeTenantId, objectId: link.requesterId }, ask.workspace)))
      throw new ProblemError('certificateNotYours');
    await this.#spend(
      link,
      { wrongCodes: sql`${certificateLinks.wrongCodes} - 1`, wrongFiles: sql`${certificateLinks.wrongFiles} + 1` },
      lt(certificateLinks.wrongFiles, wrongFilesAllowed),
    );
    const read = await readFile({ bytes, password, now: this.#now() });
    await connections.changing(async (tx) => {
      const [used] = await tx
        .update(certificateLinks)
        .set({ usedAt: this.#now() })
        .where(and(eq(certificateLinks.id, link.id), this.#open()))
        .returning({ id: certificateLinks.id });
      if (used === undefined) throw new ProblemError('certificateLinkUnusable');
      await this.#store(tx, link, uploadedCredential(read));
    });
    onReceived(link.connectionId);
    return { ...ask, facts: read.facts };
  }

  async #store(tx: Db, link: Link, prepared: PreparedCredential): Promise<void> {
    const { connections, vault, audit } = this.#options;
    const { workspaceId, connectionId: id } = link;
    const by = { objectId: link.requesterId, name: link.requesterName };
    await tx.select({ id: connectionRows.id }).from(connectionRows).where(eq(connectionRows.id, id)).for('update');
    const before = await connectionIn(tx, workspaceId, id);
    if (before === null || before.revision !== link.connectionRevision)
      throw new ProblemError('certificateLinkUnusable');
    if (!awaitsFile(before.credential)) {
      await connections.rotation.beginIn(tx, { workspaceId, id, by, prepared });
      return;
    }
    await tx
      .update(connectionRows)
      .set({
        ...credentialColumns(prepared),
        secretId: prepared.plain === null ? null : await vault.put(tx, prepared.plain),
        credentialRevision: before.credentialRevision + 1,
      })
      .where(eq(connectionRows.id, id));
    if (before.status !== 'disabled') await connections.requestTestIn(tx, id);
    const credential = `${prepared.credential.kind}, uploaded`;
    await recordConnection(audit, tx, { before, after: before, renewed: true, credential, by });
  }

  async #usable(token: string): Promise<{ link: Link; ask: CertificateAsk }> {
    const { database, workspaceById } = this.#options;
    const unusable = () => new ProblemError('certificateLinkUnusable');
    if (!isToken(token)) throw unusable();
    const [link] = await database.db
      .select()
      .from(certificateLinks)
      .where(and(eq(certificateLinks.tokenHash, hashOf(token)), this.#open()));
    if (link === undefined) throw unusable();
    const connection = await connectionIn(database.db, link.workspaceId, link.connectionId);
    const workspace = await workspaceById(link.workspaceId);
    if (connection === null || workspace === null || connection.revision !== link.connectionRevision) throw unusable();
    const { requesterName, homeTenantId } = link;
    const replaces = !awaitsFile(connection.credential);
    return { link, ask: { requesterName, homeTenantId, workspace, connection, replaces } };
  }

  #open() {
    return and(
      isNull(certificateLinks.usedAt),
      gt(certificateLinks.expiresAt, this.#now()),
      lt(certificateLinks.wrongCodes, wrongCodesAllowed),
      lt(certificateLinks.wrongFiles, wrongFilesAllowed),
    );
  }

  async #spend(
    link: Link,
    change: Parameters<ReturnType<Db['update']>['set']>[0],
    isLeft: ReturnType<typeof lt>,
  ): Promise<void> {
    const [spent] = await this.#options.database.db
      .update(certificateLinks)
      .set(change)
      .where(and(eq(certificateLinks.id, link.id), isNull(certificateLinks.usedAt), isLeft))
      .returning({ id: certificateLinks.id });
    if (spent === undefined) throw new ProblemError('certificateLinkUnusable');
  }
}
