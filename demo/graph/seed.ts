import { randomUUID } from 'node:crypto';
import { personIds, tenantIds } from '../tenants.ts';
import { type Assignment, type IntuneTenant, newApp, type StoredApp } from './intune-tenant.ts';
import type { JsonObject } from './json.ts';

const day = 24 * 60 * 60 * 1000;

export const groupIds = {
  allStaff: '11f1c0de-0001-4a00-9a00-000000000001',
  pilot: '11f1c0de-0002-4a00-9a00-000000000002',
  fieldService: '11f1c0de-0003-4a00-9a00-000000000003',
  contractors: '11f1c0de-0004-4a00-9a00-000000000004',
} as const;

const toGroup = (groupId: string, intent: string, isExclusion = false): Assignment => ({
  id: `${groupId}_${isExclusion ? 1 : 0}_0`,
  intent,
  target: {
    '@odata.type': `#microsoft.graph.${isExclusion ? 'exclusionGroupAssignmentTarget' : 'groupAssignmentTarget'}`,
    groupId,
  },
  settings: null,
});

function publishedApp(type: string, properties: JsonObject, size: number, at: number): StoredApp {
  const app = newApp(type, properties, at);
  if (size > 0) {
    app.versions.push({ id: '1', files: [] });
    app.nextVersion = 2;
    app.committedContentVersion = '1';
    app.size = size;
  }
  app.publishedAt = at;
  return app;
}

function androidApp(
  displayName: string,
  packageId: string,
  version: [name: string, code: string],
  at: number,
): StoredApp {
  const properties = {
    displayName,
    description: `${displayName} for Android`,
    publisher: 'Contoso',
    fileName: `${displayName.replaceAll(' ', '')}.apk`,
    packageId,
    versionName: version[0],
    versionCode: version[1],
    minimumSupportedOperatingSystem: { v8_0: true },
  };
  return publishedApp('androidLobApp', properties, 5_800_000, at);
}

/** What a tenant holds when the local cloud starts; `furtherApps` adds plain ones for long listings. */
export function seedTenant(tenantId: string, now: number, furtherApps: number): IntuneTenant {
  const isContoso = tenantId === tenantIds.contoso;
  const categories = ['Business', 'Productivity', 'Developer tools'].map((displayName) => ({
    id: randomUUID(),
    displayName,
  }));
  const apps: StoredApp[] = [];
  if (isContoso) {
    const demos = androidApp('API Demos', 'io.appium.android.apis', ['4.1', '24'], now - 60 * day);
    demos.assignments.push(
      toGroup(groupIds.pilot, 'required'),
      toGroup(groupIds.allStaff, 'available'),
      toGroup(groupIds.contractors, 'available', true),
    );
    demos.categoryIds = new Set([categories[2]?.id ?? '']);
    apps.push(
      demos,
      androidApp('Field Service', 'com.contoso.fieldservice', ['2.8.1', '281'], now - 20 * day),
      publishedApp(
        'iosLobApp',
        {
          displayName: 'Expenses',
          description: 'Expenses for iPhone and iPad',
          publisher: 'Contoso',
          fileName: 'Expenses.ipa',
          bundleId: 'com.contoso.expenses',
          versionNumber: '3.2',
          buildNumber: '3.2.14',
          applicableDeviceType: { iPad: true, iPhoneAndIPod: true },
          minimumSupportedOperatingSystem: { v15_0: true },
          expirationDateTime: new Date(now + 200 * day).toISOString(),
        },
        22_000_000,
        now - 90 * day,
      ),
      publishedApp(
        'webApp',
        {
          displayName: 'Intranet',
          description: 'Link to the intranet',
          publisher: 'Contoso',
          appUrl: 'https://intranet.contoso.example/',
          useManagedBrowser: false,
        },
        0,
        now - 300 * day,
      ),
    );
    for (let index = 1; index <= furtherApps; index += 1) {
      const code = String(index);
      apps.push(androidApp(`Line of business ${code}`, `com.contoso.lob.app${code}`, [`1.${code}`, code], now - day));
    }
  }
  return {
    tenantId,
    apps: new Map(apps.map((app) => [app.id, app])),
    categories,
    filters: isContoso ? filters(now) : [],
    groups: isContoso ? groups() : [],
    groupMembers: new Map(isContoso ? groupMembers() : []),
    devices: isContoso ? devices(now) : [],
    approvals: [],
  };
}

function groups(): JsonObject[] {
  const group = (id: string, displayName: string, description: string): JsonObject => ({
    id,
    displayName,
    description,
    groupTypes: [],
    mailEnabled: false,
    securityEnabled: true,
  });
  return [
    group(groupIds.allStaff, 'All staff', 'Everybody at Contoso'),
    group(groupIds.pilot, 'Mobile pilot', 'Tries new versions first'),
    group(groupIds.fieldService, 'Field service', 'Technicians on the road'),
    group(groupIds.contractors, 'Contractors', 'People from other companies'),
  ];
}

/** Ids of people and of groups inside. */
function groupMembers(): [string, string[]][] {
  const { alex, megan, adele, pradeep, lynne, diego } = personIds;
  return [
    [groupIds.allStaff, [alex, megan, pradeep, lynne, groupIds.pilot, groupIds.fieldService]],
    [groupIds.pilot, [adele, alex]],
    [groupIds.fieldService, [diego]],
    [groupIds.contractors, []],
  ];
}

function filters(now: number): JsonObject[] {
  const filter = (id: string, displayName: string, platform: string, rule: string): JsonObject => ({
    id,
    displayName,
    description: '',
    platform,
    rule,
    roleScopeTags: ['0'],
    payloads: [],
    assignmentFilterManagementType: 'devices',
    createdDateTime: new Date(now - 100 * day).toISOString(),
    lastModifiedDateTime: new Date(now - 100 * day).toISOString(),
  });
  return [
    filter(
      '22f1c0de-0001-4a00-9a00-000000000001',
      'Corporate Android',
      'android',
      '(device.deviceOwnership -eq "Corporate")',
    ),
    filter('22f1c0de-0002-4a00-9a00-000000000002', 'iPads', 'iOS', '(device.model -startsWith "iPad")'),
  ];
}

function devices(now: number): JsonObject[] {
  return [
    ['Alex’s Pixel', 'Android', '14', 'Pixel 8', 'alex.wilber'],
    ['Adele’s iPad', 'iOS', '18.1', 'iPad Air', 'adele.vance'],
    ['FIELD-0042', 'Android', '13', 'Galaxy XCover', 'diego.siciliani'],
    ['CONTOSO-L17', 'Windows', '10.0.26100', 'Surface Laptop', 'megan.bowen'],
  ].map(([deviceName = '', operatingSystem = '', osVersion = '', model = '', user = ''], index) => ({
    id: `33f1c0de-000${index + 1}-4a00-9a00-00000000000${index + 1}`,
    deviceName,
    operatingSystem,
    osVersion,
    model,
    complianceState: index === 2 ? 'noncompliant' : 'compliant',
    managedDeviceOwnerType: 'company',
    userPrincipalName: `${user}@contoso.example`,
    lastSyncDateTime: new Date(now - index * day).toISOString(),
    enrolledDateTime: new Date(now - 200 * day).toISOString(),
  }));
}
