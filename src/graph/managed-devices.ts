import { z } from 'zod';
import type { GraphClient, GraphPage } from './graph-client.ts';
import { odataText } from './odata-text.ts';

const nullable = z
  .string()
  .nullish()
  .transform((text) => text ?? null);

const device = z.object({
  id: z.string(),
  deviceName: nullable,
  operatingSystem: nullable,
  osVersion: nullable,
  model: nullable,
  complianceState: nullable,
  userPrincipalName: nullable,
  lastSyncDateTime: nullable,
});
export type ManagedDevice = z.infer<typeof device>;

/** The devices that a tenant's Intune manages; reading them takes a permission of its own. */
export class ManagedDevices {
  readonly #graph: GraphClient;

  constructor(graph: GraphClient) {
    this.#graph = graph;
  }

  page(
    words: string,
    { size, next, signal }: { size: number; next?: string; signal?: AbortSignal },
  ): Promise<GraphPage<ManagedDevice>> {
    return this.#graph.page({
      path: '/deviceManagement/managedDevices',
      query: {
        $select: Object.keys(device.shape).join(','),
        $top: String(size),
        ...(words === '' ? {} : { $filter: `contains(deviceName,${odataText(words)})` }),
      },
      schema: device,
      ...(next === undefined ? {} : { next }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}
