import type { Problem } from '../../problems/problem.ts';
import type { JobEvents } from '../../publishing/job-events.ts';
import type { ImportSubject, ImportView } from '../../publishing/link-import.ts';
import type { Release } from '../../publishing/releases.ts';
import type { Db } from '../../store/database.ts';
import type { Messenger } from '../messenger.ts';
import { importReply } from './import-routes.ts';
import { approvalSentence, jobCard, jobTitle, outcomeSentence } from './job-cards.ts';
import { jobNews, jobReply } from './job-routes.ts';
import type { PublishServices } from './publish-services.ts';
import { releaseReply } from './release-routes.ts';

const shownEnd = (id: string, subject: ImportSubject) => ({
  ...{ id, subject, receivedBytes: 0, totalBytes: null, problem: null },
});

export interface PublishNewsOptions {
  messenger: Messenger;
  /** Asked for late: the services that publish also tell of it. */
  services(): PublishServices;
  clock?: () => Date;
}

/** Turns what happens to releases and jobs into cards and replies. */
export class PublishNews implements JobEvents {
  readonly #messenger: Messenger;
  readonly #services: () => PublishServices;
  readonly #clock: () => Date;

  constructor({ messenger, services, clock = () => new Date() }: PublishNewsOptions) {
    this.#messenger = messenger;
    this.#services = services;
    this.#clock = clock;
  }

  progressed(jobId: string): void {
    this.#messenger.refreshCards({ subject: 'job', subjectId: jobId }, async () => {
      const { card, summary } = await jobReply(this.#services(), jobId, this.#clock());
      return { card, summary };
    });
  }

  async approvalAwaited(tx: Db, jobId: string): Promise<void> {
    const news = await jobNews(this.#services(), jobId, this.#clock(), tx);
    if (news === null) return;
    const { job, release, connection } = news;
    // Whoever approves looks at the card, so it must not lag behind.
    const filed = `job:${jobId}:approval:${job.approvals.length}`;
    await this.#messenger.enqueueCards(
      tx,
      `${filed}:card`,
      { subject: 'job', subjectId: jobId },
      { card: jobCard(news), summary: `${jobTitle(release)}: waits for approval` },
    );
    await this.#messenger.enqueue(tx, filed, {
      kind: 'reply',
      place: release.place,
      text: approvalSentence(job, release, connection),
      mention: release.requester,
    });
  }

  async finished(tx: Db, jobId: string): Promise<void> {
    const news = await jobNews(this.#services(), jobId, this.#clock(), tx);
    if (news === null) return;
    const { job, release, connection } = news;
    const ending = `job:${jobId}:${job.finishedAt?.getTime() ?? 0}`;
    await this.#messenger.enqueueCards(
      tx,
      `${ending}:card`,
      { subject: 'job', subjectId: jobId },
      {
        card: jobCard(news),
        summary: `${jobTitle(release)}: ${job.outcome ?? job.step}`,
      },
    );
    await this.#messenger.enqueue(tx, `${ending}:outcome`, {
      kind: 'reply',
      place: release.place,
      text: outcomeSentence(job, release, connection),
      mention: release.requester,
    });
  }

  /** A package was received for this release: its card goes where the publish was asked for. */
  async drafted(tx: Db, release: Release): Promise<void> {
    const { card, summary } = await releaseReply(this.#services(), release, this.#clock());
    await this.#messenger.enqueue(tx, `release:${release.id}`, {
      kind: 'card',
      place: release.place,
      card,
      summary,
      follow: { subject: 'release', subjectId: release.id },
    });
  }

  importMoved(importId: string): void {
    this.#messenger.refreshCards({ subject: 'import', subjectId: importId }, async () => {
      const services = this.#services();
      const view = await services.linkImport.viewOf(importId);
      // How it ended is told by what ended it.
      return view === null || view.state === 'ended' ? null : importReply(services, view);
    });
  }

  async imported(tx: Db, importId: string, subject: ImportSubject): Promise<void> {
    await this.#importEnded(tx, { ...shownEnd(importId, subject), state: 'imported' });
  }

  /** A link turned out to be none, or its bytes did not come. */
  async importFailed(tx: Db, importId: string, subject: ImportSubject, failed: Problem): Promise<void> {
    const ended = shownEnd(importId, subject);
    // Whoever cancelled it knows.
    if (failed.code === 'importCancelled') return this.#importEnded(tx, { ...ended, state: 'cancelled' });
    await this.#importEnded(tx, { ...ended, state: 'failed', problem: failed });
    await this.#messenger.enqueue(tx, `import:${importId}:failed`, {
      kind: 'reply',
      place: subject.place,
      text: `${subject.fileName} could not be fetched from ${subject.host}: ${failed.title}. The card says who can fix it.`,
      mention: subject.requester,
    });
  }

  #importEnded(tx: Db, view: ImportView): Promise<void> {
    const { card, summary } = importReply(this.#services(), view);
    const follow = { subject: 'import', subjectId: view.id } as const;
    return this.#messenger.enqueueCards(tx, `import:${view.id}:${view.state}`, follow, { card, summary });
  }

  /** The package was read or refused. */
  releaseChanged(releaseId: string): void {
    this.#messenger.refreshCards({ subject: 'release', subjectId: releaseId }, async () => {
      const services = this.#services();
      const { card, summary } = await releaseReply(services, await services.releases.get(releaseId), this.#clock());
      return { card, summary };
    });
  }
}
