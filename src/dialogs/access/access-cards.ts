import type { Workspace } from '../../access/actor.ts';
import type { Card } from '../../cards/card.ts';
import { card, container, execute, facts, footer, header, text } from '../../cards/pieces.ts';

export interface RoleRow {
  objectId: string;
  name: string;
  role: 'publisher' | 'admin';
}

export interface RolesCard {
  workspace: Workspace;
  rows: readonly RoleRow[];
  /** The reader may change roles. */
  mayChange: boolean;
  said?: string;
}

/** Keeps the card small enough for Teams in a large team. */
const shownRows = 10;

const places = { team: 'this team', groupChat: 'this chat' } as const;

export function rolesCard({ workspace, rows, mayChange, said }: RolesCard): Card {
  if (workspace.kind === 'personal')
    return card([
      header({ title: 'Roles' }),
      text('This is your own chat: you may do everything here, and nobody else is in it.'),
      text('In a team or group chat, the person who installed me names admins and publishers.', { subtle: true }),
    ]);
  const place = places[workspace.kind];
  return card(
    [
      header({ title: 'Roles', where: workspace.name ?? undefined }),
      said === undefined ? null : text(said, { bold: true }),
      facts([
        ['Admins', names(rows, 'admin', workspace.installedBy).join(', ') || 'Configured administrators only'],
        ['Publishers', names(rows, 'publisher').join(', ') || 'Nobody yet besides the admins'],
        ['Viewers', `Everybody else in ${place}`],
      ]),
      text(
        'Viewers look, publishers publish apps, admins also connect tenants and name people. Guests and people of other organisations only look.',
        { subtle: true },
      ),
      ...(mayChange
        ? rows.slice(0, shownRows).map((row) =>
            container(
              [
                {
                  type: 'ColumnSet',
                  columns: [
                    { type: 'Column', width: 'stretch', items: [text(`${row.name}: ${row.role}`)] },
                    {
                      type: 'Column',
                      width: 'auto',
                      items: [
                        {
                          type: 'ActionSet',
                          actions: [execute('Take back', 'access.revoke', { person: row.objectId })],
                        },
                      ],
                    },
                  ],
                },
              ],
              { separator: true },
            ),
          )
        : []),
      mayChange
        ? footer(
            `${rows.length > shownRows ? `${rows.length - shownRows} more are not shown. ` : ''}Type roles publisher @name, roles admin @name or roles remove @name.`,
          )
        : null,
    ],
    [
      mayChange && workspace.kind === 'team'
        ? execute(
            workspace.sharedChannelsAllowed ? 'Forbid shared channels' : 'Allow shared channels',
            'access.sharedChannels',
            {
              allow: !workspace.sharedChannelsAllowed,
            },
          )
        : null,
    ],
  );
}

function names(rows: readonly RoleRow[], role: RoleRow['role'], installedBy: string | null = null): string[] {
  return rows
    .filter((row) => row.role === role)
    .slice(0, 20)
    .map((row) => (row.objectId === installedBy ? `${row.name} (installed me)` : row.name));
}

export interface WhoAmICard {
  name: string;
  objectId: string;
  homeTenantId: string;
  workspaceName: string | null;
  may: { look: boolean; publish: boolean; administer: boolean };
  why: string;
}

export function whoAmICard({ name, objectId, homeTenantId, workspaceName, may, why }: WhoAmICard): Card {
  const yes = (allowed: boolean) => (allowed ? '✓ yes' : '✗ no');
  return card([
    header({ title: name, where: workspaceName ?? undefined }),
    facts([
      ['Look', yes(may.look)],
      ['Publish apps', yes(may.publish)],
      ['Connect and name people', yes(may.administer)],
      ['Why', why],
      ['Object ID', objectId],
      ['Tenant', homeTenantId],
    ]),
  ]);
}
