import { startLocalCloud } from '../demo/local-cloud.ts';
import { tenantIds } from '../demo/tenants.ts';
import type { AppsAnswer, AppsRequest } from './apps-process.ts';
import { startWorker } from './child-process.ts';
import { type Benchmark, rounded } from './figure.ts';

const mebibyte = 1024 * 1024;
const apps = 10_000;

export const benchmark: Benchmark = {
  names: ['apps.list'],
  async *run({ signal, say }) {
    const cloud = await startLocalCloud({ storage: 'memory', furtherApps: apps });
    const { loginUrl, graphUrl, portalUrl, caPem } = cloud;
    try {
      const registration = cloud.tenants.registrations.find(({ homeTenantId }) => homeTenantId === tenantIds.contoso);
      const secret = registration?.secrets[0]?.value;
      if (registration === undefined || secret === undefined) throw new Error('The local cloud has no registration');
      await using lister = startWorker<AppsRequest, AppsAnswer>({
        script: new URL('./apps-process.ts', import.meta.url),
        signal,
      });
      const answer = await lister.ask({
        cloud: { label: 'Local cloud', loginUrl, graphUrl, portalUrl, storageHosts: [cloud.storageHost], caPem },
        tenantId: registration.homeTenantId,
        clientId: registration.appId,
        secret,
      });
      if (answer.apps < apps) throw new Error(`The listing ended after ${answer.apps} of ${apps} apps`);
      const growth = rounded((answer.peak - answer.before) / mebibyte);
      say(`apps.list: ${growth} MiB, ${answer.requests} requests, first card after ${Math.round(answer.firstMs)} ms`);
      yield {
        name: 'apps.list',
        value: growth,
        unit: 'MiB',
        baseline: null,
        ratio: null,
        goal: '<=32',
        note:
          `peak resident memory over what the process held after the first card, while all ${answer.apps} apps were read; ` +
          `${answer.requests} requests of up to 1000 apps, ${rounded(answer.seconds)} s; the first card of a list took one ` +
          `request and ${Math.round(answer.firstMs)} ms`,
      };
    } finally {
      await cloud.stop();
    }
  },
};
