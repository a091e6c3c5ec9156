import { createBlockSender } from '../../graph/content/block-sender.ts';
import { ContentChangedError, uploadContent } from '../../graph/content/block-upload.ts';
import { type ContentSeal, SourceLengthError } from '../../graph/content/content-encryption.ts';
import { newContentKeys } from '../../graph/content/content-keys.ts';
import { SasLease, type StorageGrant } from '../../graph/content/sas-lease.ts';
import { SealBrokenError } from '../../graph/content/sealed-blocks.ts';
import { ProblemError } from '../../problems/problem.ts';
import { BlockJournal } from '../block-journal.ts';
import { contentOf, type JobContent } from '../job-content.ts';
import type { JobContext, Step } from '../job-context.ts';
import { poll } from '../poll.ts';
import { askForGrant, grantOf } from './await-upload-uri.ts';
import { filePlace, getFile, startOver } from './start-over.ts';

const renewalLimitMs = 60_000;

export const upload: Step = async (context) => {
  const { record, plan, origins, origin, signal, clock, log } = context;
  if (record.progress.seal !== null) return 'commit';
  const grant = context.grant ?? (await askForGrant(context));
  if (grant === 'refused') return startOver(context);
  const lease = new SasLease({ grant, renew: (stop) => renew(context, stop), clock, log });
  const source = await origins.open(origin, signal);
  try {
    const content = await contentOf(plan, source, signal);
    lease.start();
    const seal = await sendAll(context, content, lease);
    await record.save({
      seal: { mac: seal.mac.toString('base64'), fileDigest: seal.fileDigest.toString('base64') },
      bytesDone: record.progress.sizeEncrypted,
      speed: null,
    });
  } finally {
    await lease.stop();
    await source.close();
  }
  return 'commit';
};

async function sendAll(context: JobContext, content: JobContent, lease: SasLease): Promise<ContentSeal> {
  const { record } = context;
  const { fileId } = filePlace(context);
  try {
    const stored = await record.keysFor(fileId);
    const keys = stored ?? content.sealed?.keys ?? newContentKeys();
    if (stored === null) await record.useKeys(fileId, keys);
    return await send(context, content, lease, keys);
  } catch (error) {
    const isOther = error instanceof SourceLengthError || error instanceof SealBrokenError;
    if (isOther || (content.sealed !== null && error instanceof ContentChangedError))
      throw new ProblemError('publishedBytesDiffer', { cause: error });
    if (!(error instanceof ContentChangedError)) throw error;
    context.log.warn({ jobId: record.id }, 'the source changed under a job that goes on; starting with new keys');
    const fresh = newContentKeys();
    await record.useKeys(fileId, fresh);
    return send(context, content, lease, fresh);
  }
}

async function send(
  context: JobContext,
  content: JobContent,
  uri: SasLease,
  keys: ReturnType<typeof newContentKeys>,
): Promise<ContentSeal> {
  const { record, access, clock, signal } = context;
  const { fileId } = filePlace(context);
  let speed: number | null = null;
  let bytesDone = record.progress.bytesDone;
  const journal = new BlockJournal((blocks) => {
    const speedNow = speed === null ? null : { bytesPerSecond: speed, at: clock.now() };
    return record.acknowledge(fileId, blocks, { bytesDone, speed: speedNow });
  });
  return uploadContent({
    source: content.source,
    ...(content.sealed === null ? {} : { seal: content.sealed.seal }),
    keys,
    blockSize: record.progress.blockSize,
    uri,
    put: createBlockSender(access),
    acknowledged: await record.acknowledged(fileId),
    onBlock: (block) => {
      bytesDone += block.bytes;
      speed = context.measure(bytesDone);
      return journal.add(block);
    },
    onSealed: (seal) => content.expectConfirmed(seal),
    clock,
    signal,
  });
}

/** Asks for a new address and waits for one that is not the old one. */
async function renew(context: JobContext, signal: AbortSignal): Promise<StorageGrant> {
  const { access, plan, clock } = context;
  const { appId, version, fileId } = filePlace(context);
  const before = grantOf(await getFile(context, signal));
  await access.mobileApps.renewUpload(appId, plan.graphType, version, fileId, signal);
  const grant = await poll(
    async () => {
      const file = await getFile(context, signal);
      if (/(Renewal)(Failed|TimedOut)$/.test(file.uploadState)) throw new ProblemError('uploadAddressMissing');
      if (file.uploadState !== 'azureStorageUriRenewalSuccess') return null;
      const now = grantOf(file);
      return now === null || (now.uri === before?.uri && now.expiresAt === before.expiresAt) ? null : now;
    },
    { clock, signal, limitMs: renewalLimitMs, timedOut: () => new ProblemError('uploadAddressMissing') },
  );
  context.grant = grant;
  return grant;
}
