import { z } from 'zod';
import type { Card } from '../cards/card.ts';

const pin = 'workspace';
const Pin = z.uuid();

/**
 * The same card whose buttons say which workspace they are about. In a personal chat nothing else would: the same chat
 * shows cards of every team the person has a part in.
 */
export function pinnedTo(card: Card, workspaceId: string): Card {
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value)]));
    if (copy.type !== 'Action.Execute' && copy.type !== 'Action.Submit') return copy;
    return { ...copy, data: { ...(copy.data as Record<string, unknown> | undefined), [pin]: workspaceId } };
  };
  return visit(card) as Card;
}

/** Takes the workspace out of what a press carries: it is for the surface, not for the route. */
export function readPin(data: Record<string, unknown>): { pinned: string | null; rest: Record<string, unknown> } {
  const { [pin]: found, ...rest } = data;
  const read = Pin.safeParse(found);
  return { pinned: read.success ? read.data : null, rest };
}
