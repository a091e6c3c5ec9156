import { z } from 'zod';
import type { Workspace } from '../../access/actor.ts';
import { builtInRoles, everybody, type Holder, type RoleChoice } from '../../access/roles.ts';
import { asProblemError } from '../../problems/problem.ts';
import { type Reply, type Route, type Turn, verb } from '../route.ts';
import type { AccessServices } from './access-services.ts';
import { type RoleFormCard, type RoleFormValues, roleFormCard } from './role-form-card.ts';
import { keptAdmin, rolesReply } from './roles-reply.ts';

const holderKind = z.enum(['person', 'everybody', 'group']);
const typed = z
  .string()
  .max(300)
  .nullish()
  .transform((text) => (text ?? '').trim());
const given = z.object({ to: holderKind, role: typed, person: typed, group: typed, connection: typed });
const saved = given.extend({
  /** Of a grant that is changed. */
  holder: z.string().min(1).max(200).optional(),
});
type Saved = z.infer<typeof saved>;

/** Who is meant, or what is wrong with what was typed. */
type Meant =
  | { holder: Holder }
  | { faults: NonNullable<RoleFormCard['faults']>; found?: NonNullable<RoleFormCard['found']> };

/** Giving and changing roles by form. */
export function roleFormRoutes(services: AccessServices): Route[] {
  const { roles, ownRoles, groups, connections, members } = services;

  const homeConnections = async (workspace: Workspace) =>
    (await connections.list(workspace.id)).filter(({ tenantId }) => tenantId === workspace.homeTenantId);

  const knownPeople = async ({ actor }: Turn, workspace: Workspace, chosen: string) => {
    const held = (await roles.list(workspace)).filter(({ holder }) => holder.kind === 'person');
    const others = held.map(({ holder }) => holder).filter(({ objectId }) => objectId !== actor.objectId);
    const known = [{ name: actor.name, objectId: actor.objectId }, ...others];
    if (chosen === '' || known.some(({ objectId }) => objectId === chosen)) return known;
    // The client found this person by typing. The card shows only those it lists.
    const member = await members()
      .find(workspace, { objectId: chosen })
      .catch(() => null);
    return member === null ? known : [{ name: member.name, objectId: chosen }, ...known];
  };

  const form = async (turn: Turn, rest: Omit<RoleFormCard, 'ownRoles' | 'connections' | 'people'>): Promise<Reply> => {
    const workspace = await turn.workspace();
    const card = roleFormCard({
      ownRoles: await ownRoles.list(workspace),
      people: rest.to === 'person' ? await knownPeople(turn, workspace, rest.values?.person ?? '') : [],
      connections: rest.to === 'group' ? await homeConnections(workspace) : [],
      ...rest,
    });
    return { kind: 'personalCard', card, summary: 'Give a role' };
  };

  const meant = async (turn: Turn, data: Saved): Promise<Meant> => {
    const workspace = await turn.workspace();
    if (data.holder !== undefined) {
      const held = (await roles.list(workspace)).find(
        ({ holder }) => holder.kind === data.to && holder.objectId === data.holder,
      );
      return held === undefined
        ? { faults: { form: 'This role was taken back meanwhile. Give it again.' } }
        : { holder: held.holder };
    }
    if (data.to === 'everybody') return { holder: everybody };
    return data.to === 'person' ? personMeant(turn, workspace, data.person) : groupMeant(turn, workspace, data);
  };

  const personMeant = async (turn: Turn, workspace: Workspace, objectId: string): Promise<Meant> => {
    if (objectId === '') return { faults: { person: 'Choose a person.' } };
    const isPresser = objectId === turn.actor.objectId;
    const member = await members().find(workspace, isPresser ? turn.actor : { objectId });
    if (member === null) return { faults: { person: 'This person is not a member here. Add them in Teams first.' } };
    if (!member.insider)
      return { faults: { person: 'Guests and people of other organisations can only look, whatever they are given.' } };
    return { holder: { kind: 'person', objectId, name: member.name } };
  };

  const groupMeant = async (turn: Turn, workspace: Workspace, { group, connection }: Saved): Promise<Meant> => {
    if (group === '') return { faults: { group: 'Enter a group.' } };
    if (!(await homeConnections(workspace)).some(({ id }) => id === connection))
      return { faults: { connection: 'Choose one of the listed connections.' } };
    try {
      const found = await groups.search(workspace, connection, group, turn.signal);
      const exact = found.filter(({ name }) => name.toLowerCase() === group.toLowerCase());
      const [only, ...more] = exact.length === 1 ? exact : found;
      if (only === undefined) return { faults: { group: 'I found no group with this name or ID.' } };
      if (more.length > 0) return { faults: { form: 'Several groups fit' }, found };
      // Asked now, so that a missing permission is told here and not when somebody is refused.
      await groups.has(workspace, { connectionId: connection, groupId: only.id }, turn.actor.objectId);
      return { holder: { kind: 'group', objectId: only.id, name: only.name, connectionId: connection } };
    } catch (error) {
      const { problem } = asProblemError(error);
      if (problem.code === 'unexpected') throw error;
      return { faults: { connection: `${problem.what} ${problem.remedy}` } };
    }
  };

  const roleChosen = async (
    workspace: Workspace,
    chosen: string,
  ): Promise<{ role: RoleChoice; name: string } | null> => {
    const builtIn = builtInRoles.find((role) => role === chosen);
    if (builtIn !== undefined) return { role: builtIn, name: builtIn };
    const own = (await ownRoles.list(workspace)).find(({ id }) => id === chosen);
    return own === undefined ? null : { role: { ownRoleId: own.id }, name: own.name };
  };

  return [
    verb({
      verb: 'access.give',
      permission: 'administer',
      asks: true,
      data: given,
      handle: (turn, { to, ...values }) => form(turn, { to, values: filled(values) }),
    }),
    verb({
      verb: 'access.change',
      permission: 'administer',
      asks: true,
      data: z.object({ kind: holderKind, holder: z.string().min(1).max(200) }),
      handle: async (turn, { kind, holder: objectId }) => {
        const held = (await roles.list(await turn.workspace())).find(
          ({ holder }) => holder.kind === kind && holder.objectId === objectId,
        );
        if (held === undefined) return rolesReply(services, turn, { said: 'This role was taken back meanwhile.' });
        return form(turn, {
          to: kind,
          values: { role: held.ownRoleId ?? held.role },
          changing: { holder: objectId, name: held.holder.name },
        });
      },
    }),
    verb({
      verb: 'access.give.save',
      permission: 'administer',
      data: saved,
      handle: async (turn, data) => {
        const workspace = await turn.workspace();
        const { to, holder: held, ...values } = data;
        const again = async (wrong: Pick<RoleFormCard, 'faults' | 'found'>) => {
          const grants = held === undefined ? [] : await roles.list(workspace);
          const grant = grants.find(({ holder }) => holder.kind === to && holder.objectId === held);
          const changing = grant === undefined ? {} : { changing: { holder: held ?? '', name: grant.holder.name } };
          return form(turn, { to, values: filled(values), ...changing, ...wrong });
        };
        const chosen = await roleChosen(workspace, data.role);
        if (chosen === null) return again({ faults: { role: 'Choose one of the roles.' } });
        const found = await meant(turn, data);
        if ('faults' in found) return again(found);
        const { holder } = found;
        const done = await roles.grant(workspace, holder, chosen.role, turn.actor.objectId);
        const said =
          done === 'lastAdmin'
            ? keptAdmin(holder.name)
            : holder.kind === 'person'
              ? `${holder.name} is now ${chosen.name} here.`
              : `${holder.name}: ${chosen.name} from now on.`;
        return rolesReply(services, turn, { said });
      },
    }),
  ];
}

/** What was typed; what is empty leaves the form its own values. */
const filled = (values: RoleFormValues): RoleFormValues =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
