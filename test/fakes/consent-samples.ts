import type { ConsentRequest } from '../../src/consent/consent-request.ts';
import { now } from './samples.ts';

const place = {
  homeTenantId: 'home',
  conversationKind: 'channel',
  conversationId: '19:general@thread.tacv2',
  serviceUrl: 'https://smba.trafficmanager.net/teams/',
} as const;

export function sampleConsent(change: Partial<ConsentRequest> = {}): ConsentRequest {
  return {
    id: '0c8f2d54-1a6b-4b0e-8f43-2d2a6b1c9f01',
    workspaceId: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0000',
    connectionId: '5e1f7a90-3c7d-4d58-9b11-7a5f0f2f0000',
    requester: { homeTenantId: 'home', objectId: 'alex', name: 'Alex Wilber', teamsId: '29:alex' },
    place,
    state: 'waiting',
    stateSince: now,
    note: null,
    connectionName: 'Fabrikam production',
    connectionRevision: 1,
    cloud: 'global',
    tenantId: '8d1f4b62-2a7c-4f3b-9d55-31c7e0a4b920',
    tenantDomain: 'fabrikam.example',
    clientId: '1a6b8d8f-4c2e-4f9b-b3d5-ae7f2c8a5d02',
    capabilities: ['seeGroupNames'],
    permissions: ['DeviceManagementApps.ReadWrite.All', 'GroupMember.Read.All'],
    message: 'For the release on Friday',
    approvers: [
      { objectId: 'megan', name: 'Megan Bowen', teamsId: '29:megan', chat: { ...place, conversationKind: 'personal' } },
      { objectId: 'lynne', name: 'Lynne Robbins', teamsId: '29:lynne', chat: null },
    ],
    approversAre: 'approvers',
    decidedBy: null,
    reason: null,
    grantedAt: null,
    reportedTenant: null,
    grantedRoles: null,
    pageCodeHash: null,
    pageTries: 0,
    reminders: 0,
    revision: 1,
    expiresAt: new Date(now.getTime() + 7 * 86_400_000),
    dueAt: new Date(now.getTime() + 86_400_000),
    createdAt: now,
    ...change,
  };
}
