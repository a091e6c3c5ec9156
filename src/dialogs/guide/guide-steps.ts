import type { PortalTarget } from '../../graph/portal-links.ts';

export interface GuideStep {
  title: string;
  /** What to do, one thing each. */
  do: readonly string[];
  /** Why, and what to watch. */
  notes?: readonly string[];
  /** The same thing under older names and in other products. */
  otherNames?: string;
  links: readonly PortalTarget[];
  /** What can be checked from here. */
  check?: 'tenant' | 'permissions';
  /** Our own callback addresses are shown to be copied. */
  showsCallbacks?: boolean;
}

/** From nothing to a connection. */
export const registrationSteps: readonly GuideStep[] = [
  {
    title: 'May you register apps?',
    do: [
      'Open User settings and look at Users can register applications.',
      'Yes: go on. No: ask somebody with the role Application Developer, Application Administrator or Cloud Application Administrator to do the next steps.',
    ],
    notes: ['An existing app registration of yours serves as well. Then go to the step Permissions.'],
    otherNames: 'Older guides call the place Azure Active Directory › User settings.',
    links: ['userSettings', 'appRegistrations'],
  },
  {
    title: 'Register it, with a name',
    do: [
      'Open App registrations and choose New registration.',
      'Enter a name that says what the app is for, for example Quartermaster publishing. People see it in sign-in logs and when they consent.',
    ],
    notes: ['From the Intune admin center: All services › Microsoft Entra › App registrations leads there too.'],
    otherNames: 'Older guides say Azure Active Directory › App registrations.',
    links: ['appRegistrations', 'intuneAdminCentre'],
  },
  {
    title: 'Who can use it: the four account types',
    do: [
      'Accounts in this organizational directory only (single tenant): the right one for one organisation.',
      'Accounts in any organizational directory (multitenant): right only if the same app has to reach the tenants of several customers.',
    ],
    notes: [
      'Any organizational directory and personal Microsoft accounts: not usable here, personal accounts have no Intune.',
      'Personal Microsoft accounts only: not usable here for the same reason.',
    ],
    otherNames:
      'In the manifest: signInAudience AzureADMyOrg or AzureADMultipleOrgs. Older manifests say availableToOtherTenants: true for the second.',
    links: ['appRegistrations'],
  },
  {
    title: 'Redirect URI: usually none',
    do: [
      'Leave Redirect URI empty and choose Register. An app that works by itself needs none.',
      'Two reasons to choose the platform Web and enter an address: an administrator is to consent through a link from here (the first one below), or the app is to work in the name of a person who signs in (the second one).',
    ],
    notes: ['Both can be added later under Authentication, exactly as they are written here.'],
    otherNames: 'Some products call it reply URL.',
    links: ['authentication'],
    showsCallbacks: true,
  },
  {
    title: 'Note the two ids',
    do: [
      'On the Overview page copy Application (client) ID and Directory (tenant) ID. Not the object ID.',
      'Check the tenant here, before you go on.',
    ],
    otherNames:
      'Apptimized: Client Identifier and Tenant Identifier. Appcircle: Client ID, and the tenant as part of the Auth URL.',
    links: ['appRegistrations'],
    check: 'tenant',
  },
  {
    title: 'Credential',
    do: [
      'Choose the strongest one you can: without a secret, then a certificate, then a client secret.',
      'Certificate: I make it when you connect, and you upload the public part under Certificates & secrets. One of your own works too: its public part goes there, and I take it with its private key by a page, never in the chat.',
      'Client secret: New client secret, a short life, and copy its Value at once. Entra never shows it again, and the Secret ID is something else.',
    ],
    otherNames: 'Apptimized: Client Secret is the Value. Older guides call secrets keys.',
    links: ['certificatesAndSecrets'],
  },
  {
    title: 'Permissions',
    do: [
      'Open API permissions, choose Add a permission › Microsoft Graph › Application permissions. For an app that is to work in a person’s name: Delegated permissions, with the same name.',
      'Tick DeviceManagementApps.ReadWrite.All under DeviceManagementApps, and Add permissions. For looking only, Read.All is enough.',
    ],
    notes: [
      'As few as possible: whoever has the credential can do everything that is ticked.',
      'Application permissions suit publishing best: delegated ones work in the name of one person, and stop when that sign-in ends.',
    ],
    otherNames:
      'In the permission list of Intune: Read and write Microsoft Intune apps. Apptimized: Use application permissions.',
    links: ['apiPermissions'],
  },
  {
    title: 'Grant admin consent',
    do: [
      'A Global Administrator or Privileged Role Administrator presses Grant admin consent on the same page. Application Administrators cannot do it for these permissions.',
      'Not you? Connect now and press Request consent on the connection: I ask them for you.',
    ],
    notes: ['Microsoft passes a consent on within minutes. The connection says when it has arrived.'],
    otherNames: 'Older guides say Global Admin only.',
    links: ['apiPermissions', 'adminConsentRequests'],
    check: 'permissions',
  },
];

/** For people who look after tenants of others. */
export const partnerSteps: readonly GuideStep[] = [
  {
    title: 'A way into your customer’s tenant',
    do: [
      'By Partner Center: ask the customer for a relationship (Customers › Request a relationship), and let an administrator there accept it.',
      'Or by invitation: somebody in the customer’s tenant opens Users, chooses New user › Invite external user, enters your address and a message, and chooses Invite.',
      'You open the message and choose Accept invitation.',
    ],
    notes: ['The customer’s tenant has to let you register apps, or somebody there does it for you.'],
    otherNames: 'Older guides: Quick tasks › Add a guest user, Invite, and the link Get Started.',
    links: ['users'],
  },
  {
    title: 'The role there',
    do: [
      'An administrator of the customer’s tenant opens your guest account, Assigned roles, Add assignments.',
      'To look after Intune you need at least Intune Administrator. To register apps, Application Developer or more.',
      'Granting consent takes Global Administrator or Privileged Role Administrator: let the customer do that.',
    ],
    otherNames: 'Intune Administrator was called Intune Service administrator, the page Directory role.',
    links: ['users'],
  },
  {
    title: 'The licence',
    do: ['In the Microsoft 365 admin center (admin.microsoft.com) the customer gives your account an Intune licence.'],
    notes: [
      'Publishing from here needs no licence for the app. You need it to look at the result in the Intune admin center.',
    ],
    links: ['intuneAdminCentre'],
  },
  {
    title: 'One connection for each customer',
    do: [
      'Register an app in the customer’s tenant, or use one multitenant app of yours that the customer has consented to.',
      'Connect with the tenant ID or domain of the customer, never your own: the token has to come from there.',
      'Give each connection the customer’s name. Names are unique here, and the same tenant and app twice is pointed out.',
    ],
    notes: [
      'The token is asked for at the customer’s address (authority), login.microsoftonline.com/<their tenant>, and never at /common.',
    ],
    links: ['appRegistrations'],
    check: 'tenant',
  },
];

export const guides = {
  registration: { title: 'A new app registration', steps: registrationSteps },
  partner: { title: 'Tenants of your customers', steps: partnerSteps },
} as const;

export type GuideName = keyof typeof guides;
