import { z } from 'zod';
import type { StoredConnection } from '../../connections/connection.ts';
import type { Reply, Turn } from '../route.ts';
import type { AppServices } from './app-services.ts';

export const onePage = z.object({ listing: z.uuid(), page: z.coerce.number().int().min(0) });

interface Listings<List> {
  page(workspaceId: string, listing: string, page: number, signal: AbortSignal): Promise<List | null>;
}

/** A page of a list that was made in this place; a sentence where the list or its connection is gone. */
export async function openPage<List extends { connectionId: string }>(
  turn: Turn,
  connections: AppServices['connections'],
  listings: Listings<List>,
  command: 'apps' | 'devices',
  { listing, page }: z.infer<typeof onePage>,
): Promise<{ connection: StoredConnection; list: List } | Extract<Reply, { kind: 'text' }>> {
  const workspace = await turn.workspace();
  const list = await listings.page(workspace.id, listing, page, turn.signal);
  const connection = list === null ? null : await connections.find(workspace.id, list.connectionId);
  if (list === null || connection === null)
    return { kind: 'text', text: `This list is too old to leaf through. Type ${command} for a new one.` };
  return { connection, list };
}
