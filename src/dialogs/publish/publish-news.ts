import { randomUUID } from 'node:crypto';
import type { Problem } from '../../problems/problem.ts';
import type { JobEvents } from '../../publishing/job-events.ts';
import type { ImportSubject } from '../../publishing/link-import.ts';
import type { Release } from '../../publishing/releases.ts';
import type { Db } from '../../store/database.ts';
import type { Messenger } from '../messenger.ts';
import { jobCard, jobTitle, outcomeSentence } from './job-cards.ts';
import { jobNews, jobReply } from './job-routes.ts';
import type { PublishServices } from './publish-services.ts';
import { importFailedCard } from './release-cards.ts';
import { releaseReply } from './release-routes.ts';

type FailedImport = Pick<ImportSubject, 'place' | 'requester' | 'fileName' | 'host'>;

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

  /** A link turned out to be none, or its bytes did not come. */
  async importFailed(tx: Db, { place, requester, fileName, host }: FailedImport, failed: Problem): Promise<void> {
    const card = importFailedCard({
      fileName,
      host,
      requester: requester.name,
      problem: failed,
      supportContact: this.#services().supportContact,
    });
    await this.#messenger.enqueue(tx, `import:${randomUUID()}`, { kind: 'card', place, card, summary: failed.title });
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
