import type { Reply, Turn } from '../route.ts';
import type { AccessServices } from './access-services.ts';
import { rolesCard } from './roles-card.ts';

/** The roles of the turn's workspace, with a sentence that says what was just changed. */
export async function rolesReply(
  { access, roles }: Pick<AccessServices, 'access' | 'roles'>,
  turn: Turn,
  { said, page = 0 }: { said?: string; page?: number } = {},
): Promise<Extract<Reply, { kind: 'card' }>> {
  const workspace = await turn.workspace();
  const [grants, mayChange] = await Promise.all([
    roles.list(workspace),
    access.can(turn.actor, workspace, 'administer'),
  ]);
  const card = rolesCard({ workspace, grants, mayChange, page, ...(said === undefined ? {} : { said }) });
  return { kind: 'card', card, summary: 'Roles' };
}

export const keptAdmin = (name: string) => `${name} is the last admin here and stays one. Name another admin first.`;
