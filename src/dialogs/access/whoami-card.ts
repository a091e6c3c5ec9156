import type { HeldRole } from '../../access/access.ts';
import type { Actor, Permission, Workspace } from '../../access/actor.ts';
import { grantablePermissions } from '../../access/own-roles.ts';
import type { Card } from '../../cards/card.ts';
import { card, execute, facts, header, notes, text } from '../../cards/pieces.ts';
import { permissionWords } from './role-words.ts';

export interface WhoAmICard {
  actor: Pick<Actor, 'name' | 'objectId' | 'homeTenantId'>;
  workspace: Pick<Workspace, 'name' | 'kind'>;
  held: readonly HeldRole[];
  /** Roles do not count for guests and people of other tenants. */
  isGuest?: boolean;
  /** In a personal chat: where else this person has a part. */
  elsewhere?: readonly { name: string; roles: readonly string[] }[];
}

const shownElsewhere = 10;

function because({ because: why, through, roleName }: HeldRole): string {
  switch (why) {
    case 'configured':
      return 'admin, because the operator of this bot named you an administrator';
    case 'ownChat':
      return 'everything, because this is your own chat';
    case 'installed':
      return 'admin, because you installed me here';
    case 'person':
      return `${roleName}, because you were given the role`;
    case 'everybody':
      return `${roleName}, as everybody here`;
    case 'group':
      return `${roleName}, because you are in the group ${through}`;
  }
}

export function whoAmICard({ actor, workspace, held, isGuest = false, elsewhere = [] }: WhoAmICard): Card {
  const counting = held.filter((role) => !role.unreadable);
  const may = (permission: Permission) => counting.some((role) => role.permissions.includes(permission));
  return card(
    [
      header({
        title: actor.name,
        where: workspace.name ?? (workspace.kind === 'personal' ? 'Your own chat' : undefined),
      }),
      text(
        isGuest
          ? 'You are a guest here, or of another organisation: you may look and no more, whatever role you were given.'
          : counting.length === 0
            ? 'You may look here, as everybody. You were given no role.'
            : `You are here: ${counting.map(because).join('; ')}.`,
      ),
      notes(
        held
          .filter((role) => role.unreadable)
          .map(
            (role) =>
              `The group ${role.through} may give you the role ${role.roleName}, but I cannot read the group now, so it does not count.`,
          ),
      ),
      facts([
        ['Look', '✓ yes'],
        ...grantablePermissions.map(
          (permission) => [permissionWords[permission], may(permission) ? '✓ yes' : '✗ no'] as const,
        ),
      ]),
      elsewhere.length === 0
        ? null
        : facts(elsewhere.slice(0, shownElsewhere).map(({ name, roles }) => [name, roles.join(', ')] as const)),
      facts([
        ['Object ID', actor.objectId],
        ['Tenant', actor.homeTenantId],
      ]),
    ],
    [workspace.kind === 'personal' ? null : execute('Roles here', 'access.roles')],
  );
}
