import type { Cloud } from './clouds.ts';

/**
 * Deep links into Microsoft's portals. They are not documented and change now and then, so each has the way through the
 * menus beside it, with the portal's English names.
 */
interface PortalPlace {
  portal: 'entra' | 'intune';
  title: string;
  menuPath: string;
  /** Behind `/#view/`; without it the portal's front page. `{name}` is filled from the link's ids. */
  view?: string;
}

const places = {
  appRegistrations: {
    portal: 'entra',
    title: 'App registrations',
    menuPath: 'Entra admin center › App registrations',
    view: 'Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
  },
  appOverview: {
    portal: 'entra',
    title: 'Overview of the app',
    menuPath: 'Entra admin center › App registrations › your app › Overview',
    view: 'Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Overview/appId/{clientId}',
  },
  apiPermissions: {
    portal: 'entra',
    title: 'API permissions of the app',
    menuPath: 'Entra admin center › App registrations › your app › API permissions',
    view: 'Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/CallAnAPI/appId/{clientId}',
  },
  certificatesAndSecrets: {
    portal: 'entra',
    title: 'Certificates & secrets',
    menuPath: 'Entra admin center › App registrations › your app › Certificates & secrets',
    view: 'Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/{clientId}',
  },
  authentication: {
    portal: 'entra',
    title: 'Authentication of the app',
    menuPath: 'Entra admin center › App registrations › your app › Authentication',
    view: 'Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Authentication/appId/{clientId}',
  },
  enterpriseApps: {
    portal: 'entra',
    title: 'Enterprise applications',
    menuPath: 'Entra admin center › Enterprise apps › your app',
    view: 'Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview',
  },
  enterpriseAppPermissions: {
    portal: 'entra',
    title: 'Permissions of the enterprise app',
    menuPath: 'Entra admin center › Enterprise apps › your app › Permissions',
    view: 'Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Permissions/objectId/{servicePrincipalId}/appId/{clientId}',
  },
  adminConsentRequests: {
    portal: 'entra',
    title: 'Admin consent requests',
    menuPath: 'Entra admin center › Enterprise apps › Admin consent requests',
    view: 'Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AccessRequests',
  },
  adminConsentSettings: {
    portal: 'entra',
    title: 'Admin consent settings',
    menuPath: 'Entra admin center › Enterprise apps › Consent and permissions › Admin consent settings',
    view: 'Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/AdminConsentSettings',
  },
  userConsentSettings: {
    portal: 'entra',
    title: 'User consent settings',
    menuPath: 'Entra admin center › Enterprise apps › Consent and permissions › User consent settings',
    view: 'Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/UserSettings',
  },
  users: {
    portal: 'entra',
    title: 'Users',
    menuPath: 'Entra admin center › Users › All users',
    view: 'Microsoft_AAD_UsersAndTenants/UserManagementMenuBlade/~/AllUsers',
  },
  userSettings: {
    portal: 'entra',
    title: 'Users can register applications',
    menuPath: 'Entra admin center › Users › User settings',
    view: 'Microsoft_AAD_UsersAndTenants/UserManagementMenuBlade/~/UserSettings',
  },
  intuneApp: {
    portal: 'intune',
    title: 'The app in Intune',
    menuPath: 'Intune admin center › Apps › All apps › the app',
    view: 'Microsoft_Intune_Apps/SettingsMenu/~/0/appId/{appId}',
  },
  intuneApprovals: {
    portal: 'intune',
    title: 'Multi Admin Approval',
    menuPath: 'Intune admin center › Tenant administration › Multi Admin Approval › Received requests',
  },
  intuneRoles: {
    portal: 'intune',
    title: 'Intune roles',
    menuPath: 'Intune admin center › Tenant administration › Roles',
    view: 'Microsoft_Intune_DeviceSettings/RolesLandingMenuBlade/~/roles',
  },
  intuneAdminCentre: { portal: 'intune', title: 'Intune admin center', menuPath: 'Intune admin center' },
} as const satisfies Record<string, PortalPlace>;

export type PortalTarget = keyof typeof places;

export interface PortalIds {
  tenantId?: string;
  clientId?: string;
  servicePrincipalId?: string;
  /** The Intune app's id. */
  appId?: string;
}

export interface PortalLink {
  title: string;
  url: string;
  /** The same way by menus, for when the link has gone stale. */
  menuPath: string;
}

export function isPortalTarget(name: string): name is PortalTarget {
  return Object.hasOwn(places, name);
}

/** An id that is missing leads to the portal's front page rather than to a broken link. */
export function portalLink(target: PortalTarget, cloud: Cloud, ids: PortalIds = {}): PortalLink {
  const place: PortalPlace = places[target];
  const base = place.portal === 'entra' ? cloud.entraPortalUrl : cloud.intunePortalUrl;
  // The portal opens in the tenant that stands before `#view`; the portal of a custom cloud knows no such path.
  const tenant = ids.tenantId === undefined || cloud.custom === true ? '' : `/${encodeURIComponent(ids.tenantId)}`;
  const view = place.view === undefined ? null : filled(place.view, ids);
  return {
    title: place.title,
    url: view === null ? `${base}${tenant}/` : `${base}${tenant}/#view/${view}`,
    menuPath: place.menuPath,
  };
}

function filled(view: string, ids: PortalIds): string | null {
  let complete = true;
  const text = view.replace(/\{(\w+)\}/g, (_, name: keyof PortalIds) => {
    const value = ids[name];
    if (value === undefined) complete = false;
    return encodeURIComponent(value ?? '');
  });
  return complete ? text : null;
}
