import type { Card } from '../../cards/card.ts';
import { card, execute, header, openUrl, strip, text } from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { IntuneApiCheck } from '../../connections/intune-api-check.ts';
import type { RefusalCheck, RefusalFinding } from '../../connections/refusal-checks.ts';
import { intuneApiPermissions } from '../../permissions/intune-api-permissions.ts';

export interface PortalPlaces {
  apiPermissions: string | null;
  enterpriseApps: string | null;
  intuneAdminCentre: string | null;
  intuneRoles: string | null;
}

const names: Record<RefusalCheck, string> = {
  app: '1. The app and its permission',
  tenant: '2. The tenant',
  token: '3. The token',
};
const remedies: Record<RefusalCheck, string> = {
  app: 'Compare API permissions of the app: the permission has to stand there as the right kind, with the green tick of admin consent.',
  tenant: 'Check in the Intune admin center that the tenant has licences and that its MDM authority is set.',
  token: 'Look at the values of the connection: tenant, application and kind of permission have to belong together.',
};
const order: readonly RefusalCheck[] = ['app', 'tenant', 'token'];

const buttons = (connection: StoredConnection) =>
  order.map((check) => execute(names[check], 'permissions.verify', { connection: connection.id, check }));

/** Microsoft's advice after a 403, one button for each of its three checks. */
export function refusalCard(connection: StoredConnection): Card {
  return card(
    [
      header({ title: 'After a refusal (403 Forbidden)', where: connection.name }),
      text('Microsoft names three things to look at. Each button looks at one of them now and says what it found:'),
      text('1. The app may use Microsoft Graph and has the permission.'),
      text('2. The tenant and its Intune allow it.'),
      text('3. The request is made as it should be: the right token of the right tenant.'),
      connection.permissionKind === 'delegated'
        ? text('For a signed-in person Intune also asks for an Intune role: see Intune role.')
        : null,
    ],
    [
      ...buttons(connection),
      execute('Intune role', 'permissions.intuneRole', { connection: connection.id }),
      execute('Back', 'permissions.show', { connection: connection.id }),
    ],
  );
}

export function findingCard(
  connection: StoredConnection,
  { check, ok, found, problem }: RefusalFinding,
  places: PortalPlaces,
  supportContact: string,
): Card {
  const place = check === 'app' ? places.apiPermissions : check === 'tenant' ? places.intuneAdminCentre : null;
  return card(
    [
      header({ title: names[check], where: connection.name }),
      ok ? strip('good', 'Nothing wrong here') : strip('attention', 'This may be why'),
      ...found.map((sentence) => text(sentence)),
      ...(problem === null ? [] : problemBlock(problem, { supportContact })),
      ok || problem !== null ? null : text(remedies[check]),
    ],
    [
      ...buttons(connection).filter(({ title }) => title !== names[check]),
      place === null ? null : openUrl(check === 'app' ? 'API permissions' : 'Intune admin center', place),
      execute('Back', 'permissions.show', { connection: connection.id }),
    ],
  );
}

/** Rights in Intune itself: they count for signed-in people, never for an app by itself. */
export function intuneRoleCard(connection: StoredConnection, places: PortalPlaces): Card {
  return card(
    [
      header({ title: 'Rights in Intune for a signed-in person', where: connection.name }),
      text(
        connection.permissionKind === 'delegated'
          ? 'This connection works in the name of a person, so two things count: what the app was granted, and what Intune lets that person do.'
          : 'This connection works without a signed-in user: Intune’s roles do not limit it. They count for connections with delegated permissions.',
      ),
      text('Make a role', { bold: true }),
      text(
        'Intune admin center › Tenant administration › Roles › All roles › Create. Give it a name, a description, the permissions for Mobile apps, and scope tags if your tenant uses them.',
      ),
      text('Assign it', { bold: true }),
      text(
        'Open the role › Assignments › Assign. Admin groups: who gets the role. Scope groups: which people and devices they may reach. Scope tags: which objects they see.',
      ),
      text(
        'It worked when the assignment stands in the list and the person finds the apps under Apps. An Intune Administrator needs no such role.',
      ),
      text('A person of another tenant', { bold: true }),
      text(
        'Their account has to exist in the tenant: an administrator invites it (Users › New user › Invite external user, with e-mail address and a message), or a relationship in Partner Center does. The guest accepts the invitation (Get Started), gets at least Intune Administrator or the role above, and an Intune licence. Then they sign in to that tenant, not to their own.',
      ),
    ],
    [
      places.intuneRoles === null ? null : openUrl('Intune roles', places.intuneRoles),
      openUrl(
        'About Intune roles',
        'https://learn.microsoft.com/intune/intune-service/fundamentals/role-based-access-control',
      ),
      execute('Back', 'permissions.show', { connection: connection.id }),
    ],
  );
}

export function intuneApiCard(
  connection: StoredConnection,
  { roles, problem }: IntuneApiCheck,
  supportContact: string,
): Card {
  const known = intuneApiPermissions.filter(({ name }) => roles?.includes(name));
  return card(
    [
      header({ title: 'Permissions of the Microsoft Intune API', where: connection.name }),
      text(
        'They belong to another resource than Microsoft Graph and stand in a token of their own. Publishing needs none.',
      ),
      ...(problem === null ? [] : problemBlock(problem, { supportContact })),
      roles === null && problem === null ? text('They could not be read for this connection.') : null,
      roles?.length === 0 ? strip('good', 'It has none of them') : null,
      known.length === 0 ? null : strip('warning', 'More than publishing needs'),
      ...known.map(({ name, allows }) => text(`${name}: an app with it can ${allows}.`)),
      text(
        `There are: ${intuneApiPermissions.map(({ name }) => name).join(', ')}. Type permissions and a name to have one explained.`,
        {
          subtle: true,
          small: true,
        },
      ),
    ],
    [execute('Back', 'permissions.all', { connection: connection.id })],
  );
}
