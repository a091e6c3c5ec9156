import type { Actor, Permission, Workspace } from '../../src/access/actor.ts';
import type { Grant } from '../../src/access/roles.ts';
import { Approvers } from '../../src/consent/approvers.ts';
import { sampleConsent } from '../fakes/consent-samples.ts';
import { now } from '../fakes/samples.ts';

const workspace: Workspace = {
  id: 'w',
  homeTenantId: 'home',
  kind: 'team',
  name: 'Mobile',
  installedBy: null,
  sharedChannelsAllowed: false,
};
const person = (objectId: string): Actor => ({
  homeTenantId: 'home',
  objectId,
  name: objectId,
  teamsId: `29:${objectId}`,
});
const grant = (objectId: string, ...permissions: Permission[]): Grant => ({
  holder: { kind: 'person', objectId, name: objectId },
  role: 'own',
  roleName: 'role',
  ownRoleId: null,
  permissions,
  grantedBy: 'somebody',
  since: now,
});
const approver = (id: string) => grant(id, 'approve');
const admin = (id: string) => grant(id, 'publish', 'approve', 'administer');

interface World {
  grants: Grant[];
  ownRequests?: boolean;
  /** Administrators of the operator's configuration. */
  administrators?: string[];
  gone?: string[];
}

function approversOf({ grants, ownRequests = false, administrators = [], gone = [] }: World): Approvers {
  return new Approvers({
    roles: { list: async () => grants },
    access: {
      can: async ({ objectId }) =>
        administrators.includes(objectId) ||
        grants.some(({ holder, permissions }) => holder.objectId === objectId && permissions.includes('approve')),
      isAdministrator: ({ objectId }) => administrators.includes(objectId),
      presence: async ({ objectId }) => (gone.includes(objectId) ? 'none' : 'insider'),
    },
    ownRequestsAllowed: ownRequests,
  });
}

it.each<[string, World, string, string[]]>([
  ['approvers before admins', { grants: [approver('megan'), admin('lynne')] }, 'approvers', ['megan']],
  ['admins where no approver is named', { grants: [admin('lynne')] }, 'admins', ['lynne']],
  ['admins where the one approver is who asks', { grants: [approver('alex'), admin('lynne')] }, 'admins', ['lynne']],
  [
    'admins where the one approver has left',
    { grants: [approver('megan'), admin('lynne')], gone: ['megan'] },
    'admins',
    ['lynne'],
  ],
  ['nobody where only the one who asks could', { grants: [admin('alex')] }, 'admins', []],
  [
    'nobody, whatever the operator’s administrators may do elsewhere',
    { grants: [admin('alex')], administrators: ['alex'] },
    'admins',
    [],
  ],
  [
    'the one who asks, where the operator allows it to administrators of the configuration',
    { grants: [admin('alex')], administrators: ['alex'], ownRequests: true },
    'admins',
    ['alex'],
  ],
  [
    'nobody who asks and is no such administrator, also where it is allowed',
    { grants: [admin('alex')], ownRequests: true },
    'admins',
    [],
  ],
])('asks %s', async (_who, world, are, people) => {
  const found = await approversOf(world).of(workspace, person('alex'));

  expect({ are: found.are, people: found.people.map(({ objectId }) => objectId) }).toEqual({ are, people });
});

it.each<[string, World, string, string]>([
  ['an approver decide', { grants: [approver('megan')] }, 'megan', 'yes'],
  ['nobody else decide', { grants: [approver('megan')] }, 'adele', 'notApprover'],
  [
    'nobody decide on a request of their own',
    { grants: [admin('alex')], administrators: ['alex'] },
    'alex',
    'ownRequest',
  ],
  [
    'an administrator of the configuration, where that is switched on',
    { grants: [], administrators: ['alex'], ownRequests: true },
    'alex',
    'yes',
  ],
  [
    'nobody else on their own, where that is switched on',
    { grants: [admin('alex')], ownRequests: true },
    'alex',
    'ownRequest',
  ],
])('lets %s', async (_who, world, presser, expected) => {
  const request = sampleConsent({ requester: person('alex') });

  expect(await approversOf(world).mayDecide(person(presser), request, workspace)).toBe(expected);
});
