import type { StorageGrant } from '../../graph/content/sas-lease.ts';
import type { ContentFile } from '../../graph/mobile-apps.ts';
import { ProblemError } from '../../problems/problem.ts';
import type { JobContext, Step } from '../job-context.ts';
import { poll } from '../poll.ts';
import { getFile, startOver } from './start-over.ts';

const limitMs = 120_000;

export const awaitUploadUri: Step = async (context) => {
  const grant = await askForGrant(context);
  if (grant === 'refused') return startOver(context);
  context.grant = grant;
  return 'upload';
};

/** The address at which the file may be stored, once there is one. */
export function askForGrant(context: JobContext): Promise<StorageGrant | 'refused'> {
  const { clock, signal } = context;
  return poll<StorageGrant | 'refused'>(
    async () => {
      const file = await getFile(context);
      return /(Request|Renewal)(Failed|TimedOut)$|^error$/.test(file.uploadState) ? 'refused' : grantOf(file);
    },
    { clock, signal, limitMs, timedOut: () => new ProblemError('uploadAddressMissing') },
  );
}

export function grantOf(file: ContentFile): StorageGrant | null {
  if (!/^azureStorageUri(Request|Renewal)Success$/.test(file.uploadState) || file.azureStorageUri === null) return null;
  const expiresAt = Date.parse(file.azureStorageUriExpirationDateTime ?? '');
  return { uri: file.azureStorageUri, expiresAt: Number.isNaN(expiresAt) ? null : expiresAt };
}
