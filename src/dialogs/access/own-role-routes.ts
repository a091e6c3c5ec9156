import { z } from 'zod';
import { grantablePermissions, ownRoleName, readPermissions } from '../../access/own-roles.ts';
import { asProblemError } from '../../problems/problem.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import type { AccessServices } from './access-services.ts';
import { confirmDeleteRoleCard, type OwnRoleFormCard, ownRoleFormCard, ownRolesCard } from './own-role-cards.ts';

const oneRole = z.object({ role: z.uuid() });
const typed = z
  .string()
  .nullish()
  .transform((text) => text ?? '');
const shownOnTheForm = new Set(['roleNameTaken', 'rolesTooMany', 'lastAdmin']);

/** Roles that a workspace makes for itself. */
export function ownRoleRoutes({ ownRoles }: Pick<AccessServices, 'ownRoles'>): Route[] {
  const list = async (turn: Turn, said?: string): Promise<Reply> => ({
    kind: 'personalCard',
    card: ownRolesCard(await ownRoles.list(await turn.workspace()), said),
    summary: 'Own roles',
  });
  const form = (options: OwnRoleFormCard): Reply => ({
    kind: 'personalCard',
    card: ownRoleFormCard(options),
    summary: 'Own role',
  });
  const goneMeanwhile = 'This role was deleted meanwhile.';

  return [
    verb({
      verb: 'access.ownRoles',
      permission: 'administer',
      asks: true,
      data: z.object({}),
      handle: (turn) => list(turn),
    }),
    verb({
      verb: 'access.ownRole.form',
      permission: 'administer',
      asks: true,
      data: z.object({ role: z.uuid().optional() }),
      handle: async (turn, { role: id }) => {
        if (id === undefined) return form({});
        const role = await ownRoles.find(await turn.workspace(), id);
        return role === null ? list(turn, goneMeanwhile) : form({ editing: role, values: role });
      },
    }),
    verb({
      verb: 'access.ownRole.save',
      permission: 'administer',
      data: z.object({
        role: z.uuid().optional(),
        revision: z.coerce.number().int().default(0),
        name: typed,
        permissions: typed,
      }),
      handle: async (turn, data) => {
        const workspace = await turn.workspace();
        const chosen = readPermissions(data.permissions.split(',').map((name) => name.trim()));
        const permissions = grantablePermissions.filter((permission) => chosen.includes(permission));
        const name = ownRoleName.safeParse(data.name);
        const stored = data.role === undefined ? null : await ownRoles.find(workspace, data.role);
        if (data.role !== undefined && stored === null) return list(turn, goneMeanwhile);
        const again = (faults: NonNullable<OwnRoleFormCard['faults']>): Reply =>
          form({
            values: { name: data.name, permissions },
            faults,
            ...(stored === null ? {} : { editing: stored }),
          });
        if (!name.success) return again({ name: name.error.issues[0]?.message ?? 'Give the role a name.' });
        if (permissions.length === 0) return again({ permissions: 'Choose at least one permission.' });
        try {
          const role = await ownRoles.save(workspace, {
            id: data.role ?? null,
            revision: data.revision,
            name: name.data,
            permissions,
          });
          return role === null
            ? again({ form: 'Somebody changed this role meanwhile. These are your values; save again to keep them.' })
            : await list(turn, `${role.name} is saved.`);
        } catch (error) {
          const { problem } = asProblemError(error);
          if (!shownOnTheForm.has(problem.code)) throw error;
          return again(
            problem.code === 'roleNameTaken' ? { name: problem.what } : { form: `${problem.what} ${problem.remedy}` },
          );
        }
      },
    }),
    verb({
      verb: 'access.ownRole.delete',
      permission: 'administer',
      asks: true,
      data: oneRole,
      handle: async (turn, { role: id }) => {
        const role = await ownRoles.find(await turn.workspace(), id);
        if (role === null) return list(turn, goneMeanwhile);
        return { kind: 'personalCard', card: confirmDeleteRoleCard(role), summary: `Delete ${role.name}?` };
      },
    }),
    verb({
      verb: 'access.ownRole.delete.confirm',
      permission: 'administer',
      data: oneRole,
      handle: async (turn, { role: id }) => {
        const role = await ownRoles.remove(await turn.workspace(), id);
        return list(turn, role === null ? goneMeanwhile : `${role.name} is deleted.`);
      },
    }),
  ];
}
