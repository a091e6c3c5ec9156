import { readFileSync, writeFileSync } from 'node:fs';
import { createClouds } from '../src/graph/clouds.ts';
import { createSecretCredential } from '../src/graph/credentials/secret-credential.ts';
import { createGraphClient } from '../src/graph/http-graph-client.ts';
import { IntuneApps } from '../src/graph/intune-apps.ts';
import { createOutbound } from '../src/network/outbound.ts';
import { serveWorker } from './child-process.ts';

export interface AppsRequest {
  cloud: {
    label: string;
    loginUrl: string;
    graphUrl: string;
    portalUrl: string;
    storageHosts: string[];
    caPem: string;
  };
  tenantId: string;
  clientId: string;
  secret: string;
}

export interface AppsAnswer {
  /** Bytes that the process held after the first card. */
  before: number;
  peak: number;
  apps: number;
  requests: number;
  firstMs: number;
  seconds: number;
}

/** Linux keeps the highest resident size of a process and forgets it when asked: proc(5). */
function peakBytes(): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error('The system does not say how much memory a process held');
  return Number(kibibytes) * 1024;
}

serveWorker<AppsRequest, AppsAnswer>(async ({ cloud: custom, tenantId, clientId, secret }) => {
  const { label, loginUrl, graphUrl, portalUrl, storageHosts, caPem } = custom;
  const clouds = createClouds({ label, loginUrl, graphUrl, portalUrl, storageHosts, ca: caPem });
  const cloud = clouds.find('custom');
  if (cloud === undefined) throw new Error('There is no custom cloud');
  const outbound = createOutbound({ privateHosts: clouds.privateHosts, ca: caPem });
  const tokenSource = createSecretCredential({ cloud, tenantId, clientId, secret: async () => secret, outbound });
  let requests = 0;
  const graph = createGraphClient({
    cloud,
    tokenSource,
    outbound,
    onRequest: () => {
      requests += 1;
    },
  });
  const listing = new IntuneApps(graph);
  // The token and what Node loads on first use are not the listing's.
  await listing.page({}, { size: 8 });
  const startedFirst = performance.now();
  await listing.page({}, { size: 8 });
  const firstMs = performance.now() - startedFirst;
  requests = 0;
  writeFileSync('/proc/self/clear_refs', '5');
  const before = process.memoryUsage.rss();
  const startedAt = performance.now();
  let apps = 0;
  for await (const page of listing.all()) apps += page.length;
  const answer = {
    before,
    peak: peakBytes(),
    apps,
    requests,
    firstMs,
    seconds: (performance.now() - startedAt) / 1000,
  };
  await outbound.close();
  return answer;
});
