import { randomBytes } from 'node:crypto';
import type { AppRole } from './roles.ts';

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
  secrets: AppSecret[];
  /** Public certificates, PEM. */
  certificates: string[];
}

/** The registration's presence in one tenant; what was granted stands here. */
export interface ServicePrincipal {
  id: string;
  appId: string;
  enabled: boolean;
  grants: { role: AppRole; assignmentId: string; createdAt: number }[];
}

export interface Tenant {
  id: string;
  displayName: string;
  domains: string[];
  hasIntune: boolean;
  servicePrincipals: ServicePrincipal[];
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

export const appIds = {
  contosoPublisher: '0f5a7c7e-3b1d-4e8a-a2c4-9d6e1b7f4c01',
  fabrikamPublisher: '1a6b8d8f-4c2e-4f9b-b3d5-ae7f2c8a5d02',
  northwindPublisher: '2b7c9e90-5d3f-40ac-84e6-bf803d9b6e03',
  contosoDisabled: '4d9eb0b2-7f51-42ce-a608-d1a25fbd8005',
  contosoReader: '5eafc1c3-8062-43df-b719-e2b360ce9106',
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
  ): AppRegistration => ({
    appId,
    displayName,
    homeTenantId,
    multiTenant: false,
    redirectUris: [...(options.redirectUris ?? [])],
    requestedRoles,
    secrets: [
      {
        keyId: newId(),
        displayName: secret.name ?? 'Quartermaster',
        value: options.secrets?.[appId] ?? newSecretValue(),
        endsAt: now + (secret.days ?? 180) * day,
      },
    ],
    certificates: [],
  });
  const principal = (appId: string, roles: AppRole[], enabled = true): ServicePrincipal => ({
    id: newId(),
    appId,
    enabled,
    grants: roles.map((role) => ({
      role,
      assignmentId: randomBytes(24).toString('base64url'),
      createdAt: now - 30 * day,
    })),
  });

  const contosoPublisher = registration(appIds.contosoPublisher, 'Quartermaster publisher', tenantIds.contoso, [
    'DeviceManagementApps.ReadWrite.All',
    'DeviceManagementManagedDevices.PrivilegedOperations.All',
  ]);
  contosoPublisher.secrets.push({
    keyId: newId(),
    displayName: 'Last year',
    value: options.secrets?.[`${appIds.contosoPublisher}/expired`] ?? newSecretValue(),
    endsAt: now - 3 * day,
  });

  return {
    people,
    registrations: [
      contosoPublisher,
      registration(appIds.contosoDisabled, 'Retired publisher', tenantIds.contoso, [
        'DeviceManagementApps.ReadWrite.All',
      ]),
      registration(appIds.contosoReader, 'App inventory reader', tenantIds.contoso, ['DeviceManagementApps.Read.All']),
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
          ]),
          principal(appIds.contosoDisabled, ['DeviceManagementApps.ReadWrite.All'], false),
          principal(appIds.contosoReader, ['DeviceManagementApps.Read.All']),
        ],
      },
      {
        id: tenantIds.fabrikam,
        displayName: 'Fabrikam',
        domains: ['fabrikam.example', 'fabrikam.onmicrosoft.com'],
        hasIntune: true,
        servicePrincipals: [principal(appIds.fabrikamPublisher, [])],
      },
      {
        id: tenantIds.northwind,
        displayName: 'Northwind Traders',
        domains: ['northwind.example', 'northwind.onmicrosoft.com'],
        hasIntune: false,
        servicePrincipals: [principal(appIds.northwindPublisher, ['DeviceManagementApps.ReadWrite.All'])],
      },
    ],
  };
}
