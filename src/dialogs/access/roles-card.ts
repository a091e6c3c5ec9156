import type { Workspace } from '../../access/actor.ts';
import type { Grant } from '../../access/roles.ts';
import type { Card, CardElement } from '../../cards/card.ts';
import { pager } from '../../cards/pager.ts';
import { actions, card, container, execute, facts, footer, header, text } from '../../cards/pieces.ts';
import { roleWords } from './role-words.ts';

export interface RolesCard {
  workspace: Workspace;
  grants: readonly Grant[];
  /** The reader may change roles. */
  mayChange: boolean;
  page?: number;
  said?: string;
}

/** Keeps the card small enough for Teams and for a phone in a large team. */
const shownRows = 6;
const shownNames = 20;

const places = { team: 'this team', groupChat: 'this chat' } as const;

export function rolesCard({ workspace, grants, mayChange, page = 0, said }: RolesCard): Card {
  if (workspace.kind === 'personal')
    return card([
      header({ title: 'Roles' }),
      text('This is your own chat: you may do everything here, and nobody else is in it.'),
      text('In a team or group chat, the person who installed me names admins and publishers.', { subtle: true }),
    ]);
  const pages = Math.max(1, Math.ceil(grants.length / shownRows));
  const current = Math.min(page, pages - 1);
  return card(
    [
      header({ title: 'Roles', where: workspace.name ?? undefined }),
      said === undefined ? null : text(said, { bold: true }),
      ...(mayChange
        ? [
            ...grants.slice(current * shownRows, (current + 1) * shownRows).map((grant) => row(grant, workspace)),
            ...pager({ verb: 'access.roles', page: current, pages, back: 'Previous', forth: 'Next' }),
          ]
        : [overview(grants, workspace)]),
      text(
        `Everybody in ${places[workspace.kind]} may look. A publisher ${roleWords.publisher}. An approver ${roleWords.approver}. An admin ${roleWords.admin}. Guests and people of other organisations only look, whatever they were given.`,
        { subtle: true, small: true },
      ),
      mayChange
        ? footer(
            'You can also type roles publisher @name, roles approver @name, roles admin @name or roles remove @name.',
          )
        : null,
    ],
    mayChange
      ? [
          execute('Name a person', 'access.give', { to: 'person' }),
          execute('A role for everybody', 'access.give', { to: 'everybody' }),
          execute('A role for a group', 'access.give', { to: 'group' }),
          execute('Own roles', 'access.ownRoles'),
          workspace.kind === 'team' ? sharedChannels(workspace) : null,
        ]
      : [],
  );
}

const sharedChannels = ({ sharedChannelsAllowed }: Workspace) =>
  execute(sharedChannelsAllowed ? 'Forbid shared channels' : 'Allow shared channels', 'access.sharedChannels', {
    allow: !sharedChannelsAllowed,
  });

function row({ holder, roleName, permissions }: Grant, { installedBy }: Workspace): CardElement {
  const kinds = { person: '', everybody: '', group: ' (group in Entra)' };
  const installed = holder.kind === 'person' && holder.objectId === installedBy ? ' (installed me)' : '';
  const isOwn = !(roleName in roleWords);
  return container(
    [
      text(`${holder.name}${kinds[holder.kind]}${installed}`, { bold: true }),
      text(isOwn ? `${roleName} (own role, ${count(permissions.length)})` : roleName, {
        subtle: true,
        spacing: 'None',
      }),
      actions([
        execute('Change', 'access.change', { kind: holder.kind, holder: holder.objectId }),
        execute('Take back', 'access.revoke', { kind: holder.kind, holder: holder.objectId }),
      ]),
    ],
    { separator: true },
  );
}

const count = (permissions: number) => (permissions === 1 ? 'one permission' : `${permissions} permissions`);

function overview(grants: readonly Grant[], { installedBy }: Workspace): CardElement | null {
  const names = (role: string) =>
    grants
      .filter((grant) => grant.roleName === role)
      .slice(0, shownNames)
      .map(({ holder }) => (holder.objectId === installedBy ? `${holder.name} (installed me)` : holder.name))
      .join(', ');
  const own = [...new Set(grants.filter((grant) => grant.role === 'own').map((grant) => grant.roleName))];
  return facts([
    ['Admins', names('admin') || 'Configured administrators only'],
    ['Publishers', names('publisher') || 'Nobody yet besides the admins'],
    ['Approvers', names('approver') || 'Nobody yet besides the admins'],
    ...own.map((role) => [role, names(role)] as const),
    ['Viewers', 'Everybody else here'],
  ]);
}
