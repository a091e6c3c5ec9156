import type { Logger } from 'pino';
import { safeFileName } from '../../packages/link-name.ts';
import { ProblemError } from '../../problems/problem.ts';
import type { UploadTicket, UploadTickets } from '../../publishing/upload-tickets.ts';
import type { ArtifactStore } from '../../store/artifact-store.ts';
import { type Artifact, addArtifact } from '../../store/artifacts.ts';
import type { Db } from '../../store/database.ts';
import type { UnfinishedUploads } from './unfinished-uploads.ts';

/** Called once for each ticket, inside the transaction that closes it. */
export type OnReceived = (tx: Db, received: { ticket: UploadTicket; artifact: Artifact }) => Promise<void>;

export interface ReceiveUploadOptions {
  db: Db;
  tickets: UploadTickets;
  artifacts: ArtifactStore;
  unfinished: UnfinishedUploads;
  onReceived: OnReceived;
  /** After the transaction, for work that may be lost. */
  afterReceived?: () => void;
  log: Logger;
}

/**
 * Turns a complete upload into an artifact and closes its ticket. Asking twice is harmless, at the same time or later:
 * a connection that breaks while the digest is computed brings the browser back with the same question.
 */
export class ReceiveUpload {
  readonly #options: ReceiveUploadOptions;
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: ReceiveUploadOptions) {
    this.#options = options;
  }

  settle(ticket: UploadTicket, uploadId: string): Promise<void> {
    const running = this.#running.get(uploadId);
    if (running !== undefined) return running;
    const settling = this.#settle(ticket, uploadId).finally(() => this.#running.delete(uploadId));
    this.#running.set(uploadId, settling);
    return settling;
  }

  async #settle(ticket: UploadTicket, uploadId: string): Promise<void> {
    const { afterReceived, artifacts, db, log, onReceived, tickets, unfinished } = this.#options;
    const announced = await unfinished.announced(uploadId);
    if (announced === null) throw new ProblemError('uploadUnknown');
    const stored = await artifacts.receiveFile(unfinished.pathOf(uploadId));
    try {
      if (stored.size !== announced.size) throw new Error('The upload is not as long as announced');
      const fileName = safeFileName(announced.fileName) || 'package';
      await db.transaction(async (transaction) => {
        const tx = transaction as unknown as Db;
        const artifact = await addArtifact(tx, { workspaceId: ticket.workspace.id, fileName, stored });
        if (!(await tickets.complete(tx, ticket.id, artifact.id))) throw new ProblemError('uploadReceived');
        await onReceived(tx, { ticket: { ...ticket, state: 'received', artifactId: artifact.id }, artifact });
      });
    } catch (error) {
      await artifacts.remove(stored.location);
      throw error;
    }
    await unfinished.dropBytes(uploadId);
    log.info({ ticketId: ticket.id, workspaceId: ticket.workspace.id, bytes: stored.size }, 'a package was received');
    afterReceived?.();
  }
}
