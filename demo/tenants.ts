import { randomBytes } from 'node:crypto';
import type { AppRole, IntuneApiRole } from './roles.ts';

export interface AppSecret {
  /** What people paste by mistake instead of `value`. */
  keyId: string;
  displayName: string;
  value: string;
  endsAt: number;
}

/** An app registration: it lives in one tenant and describes what it wants everywhere. */
export interface AppRegistration {
  appId: string;
  displayName: string;
  homeTenantId: string;
  multiTenant: boolean;
  redirectUris: string[];
  requestedRoles: AppRole[];
  /** Delegated permissions of Graph, for signed-in people. */
  requestedScopes: AppRole[];
  /** The manifest's `groupMembershipClaims` is `DirectoryRole` or `All`: without it no token says what its person is. */
  tellsDirectoryRoles: boolean;
  secrets: AppSecret[];
  /** Public certificates, PEM. */
  certificates: string[];
  federatedCredentials: FederatedCredential[];
}

/** https://learn.microsoft.com/graph/api/resources/federatedidentitycredential */
export interface FederatedCredential {
  name: string;
  issuer: string;
  subject: string;
  audience: string;
  /** Before it, the credential is on its way to Entra's servers. */
  availableAt: number;
}

/** An identity of a machine, which is an application without a registration. */
export interface ManagedIdentity {
  displayName: string;
  clientId: string;
  objectId: string;
  isSystemAssigned: boolean;
}

/** The registration's presence in one tenant; what was granted stands here. */
export interface ServicePrincipal {
  id: string;
  appId: string;
  enabled: boolean;
  grants: { role: AppRole; assignmentId: string; createdAt: number }[];
  scopeGrants: ScopeGrant[];
  /** Of the Microsoft Intune API. */
  intuneApiRoles: IntuneApiRole[];
}

/** Delegated permissions, granted for everybody or for one person: https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant */
export interface ScopeGrant {
  id: string;
  /** Object id of the person; null for everybody. */
  personObjectId: string | null;
  scopes: AppRole[];
}

export interface Tenant {
  id: string;
  displayName: string;
  domains: string[];
  hasIntune: boolean;
  servicePrincipals: ServicePrincipal[];
  managedIdentities: ManagedIdentity[];
}

export interface Person {
  id: string;
  displayName: string;
  givenName: string;
  surname: string;
  userPrincipalName: string;
  jobTitle: string;
  /** May grant application permissions of Graph in the demo's tenants. */
  isGlobalAdministrator: boolean;
  /** Accounts by tenant, the first one at home and the others as guest, each with its directory roles (template ids). */
  accounts: { tenantId: string; objectId: string; directoryRoles: string[] }[];
}

export interface DemoDirectory {
  tenants: Tenant[];
  registrations: AppRegistration[];
  people: Person[];
}

export const tenantIds = {
  contoso: '5c9a3e0e-6f0b-4a57-9f4e-0c2f6b1d7a10',
  fabrikam: '8d1f4b62-2a7c-4f3b-9d55-31c7e0a4b920',
  northwind: 'b3e7c1d4-95a8-4c06-8e2a-6f4d90b7c530',
} as const;

/** https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference */
export const directoryRoles = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  intuneAdministrator: '3a2c62db-5318-420d-8d74-23affee5d9d5',
} as const;

export const appIds = {
  contosoPublisher: '0f5a7c7e-3b1d-4e8a-a2c4-9d6e1b7f4c01',
  fabrikamPublisher: '1a6b8d8f-4c2e-4f9b-b3d5-ae7f2c8a5d02',
  northwindPublisher: '2b7c9e90-5d3f-40ac-84e6-bf803d9b6e03',
  contosoDisabled: '4d9eb0b2-7f51-42ce-a608-d1a25fbd8005',
  contosoReader: '5eafc1c3-8062-43df-b719-e2b360ce9106',
  contosoMachine: '6fb0d2d4-9173-44e0-a820-f3c471df0207',
  contosoHost: '70c1e3e5-a284-45f1-b931-04d582e01308',
  contosoSignIn: '6fb0d2d4-9173-44e0-8820-f3c471df9207',
  /** The operator's own, for every tenant. */
  managed: '91e3a5f7-c4a6-4713-9b53-26f7a4120a0a',
  contosoPlanner: '6fb0d2d4-9173-44e0-882a-f3c471dfa207',
} as const;

/** Object ids of the managed identities. */
export const machineIds = {
  assigned: '81d2f4f6-b395-46a2-8a42-15e693f12409',
  system: '92e305a7-c4a6-47b3-9b53-26f7a4023510',
} as const;

export const personIds = {
  alex: '7b0d2f14-8a3e-4c55-9c1f-5d2e8a60b101',
  megan: '8c1e3025-9b4f-4d66-8d20-6e3f9b71c202',
  adele: '9d2f4136-ac50-4e77-9e31-7f40ac82d303',
  pradeep: 'ae305247-bd61-4f88-af42-8051bd93e404',
  lynne: 'bf416358-ce72-4099-b053-9162cea4f505',
  diego: 'c0527469-df83-41aa-8164-a273dfb50606',
} as const;

const day = 24 * 60 * 60 * 1000;

/** Publishes, and may see what templates are made of: groups, filters, scope tags. */
const withGroups: AppRole[] = [
  'DeviceManagementApps.ReadWrite.All',
  'GroupMember.Read.All',
  'DeviceManagementConfiguration.Read.All',
  'DeviceManagementRBAC.Read.All',
];

const people: Person[] = (
  [
    ['alex', 'Alex', 'Wilber', 'Release engineer', false],
    ['megan', 'Megan', 'Bowen', 'IT administrator', true],
    ['adele', 'Adele', 'Vance', 'Team lead', false],
    ['pradeep', 'Pradeep', 'Gupta', 'Operator of the bot', false],
    ['lynne', 'Lynne', 'Robbins', 'Developer', false],
    ['diego', 'Diego', 'Siciliani', 'Tester', false],
  ] as const
).map(([key, givenName, surname, jobTitle, isGlobalAdministrator]) => ({
  id: personIds[key],
  displayName: `${givenName} ${surname}`,
  givenName,
  surname,
  userPrincipalName: `${givenName.toLowerCase()}@contoso.example`,
  jobTitle,
  isGlobalAdministrator,
  accounts: isGlobalAdministrator
    ? Object.values(tenantIds).map((tenantId, index) => ({
        tenantId,
        objectId: index === 0 ? personIds[key] : personIds[key].replace(/.{4}$/, `00${index}0`),
        directoryRoles: [directoryRoles.globalAdministrator],
      }))
    : [
        {
          tenantId: tenantIds.contoso,
          objectId: personIds[key],
          directoryRoles: key === 'alex' ? [directoryRoles.intuneAdministrator] : [],
        },
      ],
}));

/** Secret values are made anew at every start, in the form Entra gives them; nothing secret stands in a file. */
export const newSecretValue = (): string =>
  `${randomBytes(3).toString('hex').slice(0, 3)}8Q~${randomBytes(26).toString('base64url')}`;

const newId = () => {
  const hex = randomBytes(16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
};

export interface DirectoryOptions {
  now: number;
  /** Where an admin returns to after consent, beside the URIs of a running demo. */
  redirectUris?: readonly string[];
  /** Fixed secret values by app id, for callers that must know them before the start. */
  secrets?: Readonly<Record<string, string>>;
}

export function makeDirectory(options: DirectoryOptions): DemoDirectory {
  const { now } = options;
  const registration = (
    appId: string,
    displayName: string,
    homeTenantId: string,
    requestedRoles: AppRole[],
    secret: { days?: number; name?: string } = {},
    requestedScopes: AppRole[] = [],
  ): AppRegistration => ({
    appId,
    displayName,
    homeTenantId,
    multiTenant: false,
    redirectUris: [...(options.redirectUris ?? [])],
    requestedRoles,
    requestedScopes,
    tellsDirectoryRoles: true,
    secrets: [
      {
        keyId: newId(),
        displayName: secret.name ?? 'Quartermaster',
        value: options.secrets?.[appId] ?? newSecretValue(),
        endsAt: now + (secret.days ?? 180) * day,
      },
    ],
    certificates: [],
    federatedCredentials: [],
  });
  const principal = (appId: string, roles: AppRole[], enabled = true, scopes: AppRole[] = []): ServicePrincipal => ({
    id: newId(),
    appId,
    enabled,
    grants: roles.map((role) => ({
      role,
      assignmentId: randomBytes(24).toString('base64url'),
      createdAt: now - 30 * day,
    })),
    scopeGrants:
      scopes.length === 0 ? [] : [{ id: randomBytes(24).toString('base64url'), personObjectId: null, scopes }],
    intuneApiRoles: [],
  });

  const contosoPublisher = registration(appIds.contosoPublisher, 'Quartermaster publisher', tenantIds.contoso, [
    'DeviceManagementApps.ReadWrite.All',
    'DeviceManagementManagedDevices.PrivilegedOperations.All',
    'DeviceManagementRBAC.Read.All',
  ]);
  contosoPublisher.secrets.push({
    keyId: newId(),
    displayName: 'Last year',
    value: options.secrets?.[`${appIds.contosoPublisher}/expired`] ?? newSecretValue(),
    endsAt: now - 3 * day,
  });

  const signInScopes: AppRole[] = ['DeviceManagementApps.ReadWrite.All', 'GroupMember.Read.All'];

  return {
    people,
    registrations: [
      contosoPublisher,
      registration(appIds.contosoDisabled, 'Retired publisher', tenantIds.contoso, [
        'DeviceManagementApps.ReadWrite.All',
      ]),
      registration(appIds.contosoReader, 'App inventory reader', tenantIds.contoso, ['DeviceManagementApps.Read.All']),
      registration(appIds.contosoSignIn, 'Publisher with sign-in', tenantIds.contoso, [], {}, signInScopes),
      {
        ...registration(appIds.managed, 'Quartermaster for everybody', tenantIds.contoso, [
          'DeviceManagementApps.ReadWrite.All',
          'GroupMember.Read.All',
        ]),
        multiTenant: true,
      },
      registration(appIds.contosoPlanner, 'Quartermaster with groups', tenantIds.contoso, withGroups),
      registration(appIds.fabrikamPublisher, 'Quartermaster publisher', tenantIds.fabrikam, [
        'DeviceManagementApps.ReadWrite.All',
        'GroupMember.Read.All',
      ]),
      registration(appIds.northwindPublisher, 'Quartermaster publisher', tenantIds.northwind, [
        'DeviceManagementApps.ReadWrite.All',
      ]),
    ],
    tenants: [
      {
        id: tenantIds.contoso,
        displayName: 'Contoso',
        domains: ['contoso.example', 'contoso.onmicrosoft.com'],
        hasIntune: true,
        servicePrincipals: [
          principal(appIds.contosoPublisher, [
            'DeviceManagementApps.ReadWrite.All',
            'DeviceManagementManagedDevices.PrivilegedOperations.All',
            // To follow requests for approval, and to see scope tags.
            'DeviceManagementRBAC.Read.All',
          ]),
          principal(appIds.contosoDisabled, ['DeviceManagementApps.ReadWrite.All'], false),
          principal(appIds.contosoReader, ['DeviceManagementApps.Read.All']),
          principal(appIds.contosoSignIn, [], true, signInScopes),
          principal(appIds.contosoPlanner, withGroups),
          { ...principal(appIds.contosoMachine, ['DeviceManagementApps.ReadWrite.All']), id: machineIds.assigned },
          { ...principal(appIds.contosoHost, ['DeviceManagementApps.Read.All']), id: machineIds.system },
        ],
        managedIdentities: [
          {
            displayName: 'quartermaster',
            clientId: appIds.contosoMachine,
            objectId: machineIds.assigned,
            isSystemAssigned: false,
          },
          { displayName: 'host', clientId: appIds.contosoHost, objectId: machineIds.system, isSystemAssigned: true },
        ],
      },
      {
        id: tenantIds.fabrikam,
        displayName: 'Fabrikam',
        domains: ['fabrikam.example', 'fabrikam.onmicrosoft.com'],
        hasIntune: true,
        servicePrincipals: [principal(appIds.fabrikamPublisher, [])],
        managedIdentities: [],
      },
      {
        id: tenantIds.northwind,
        displayName: 'Northwind Traders',
        domains: ['northwind.example', 'northwind.onmicrosoft.com'],
        hasIntune: false,
        servicePrincipals: [principal(appIds.northwindPublisher, ['DeviceManagementApps.ReadWrite.All'])],
        managedIdentities: [],
      },
    ],
  };
}
