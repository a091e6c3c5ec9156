import type { AppAssignment, GraphObject } from '../graph/app-assignments.ts';
import { intentNames } from './assignment-rules.ts';
import type { AssignmentRow, AssignmentSettings, AssignmentTemplate } from './assignment-template.ts';
import { whoName } from './assignment-template.ts';
import { installTime, usesDeviceTime } from './install-times.ts';

export interface AssignmentsForApp {
  assignments: AppAssignment[];
  /** Settings that this type of app does not have, as sentences. */
  leftOut: string[];
  /** Why the template cannot be used for this type of app: leaving these out would reach other people than meant. */
  refused: string[];
}

const typed = (name: string, members: Record<string, unknown> = {}): GraphObject => ({
  '@odata.type': `#microsoft.graph.${name}`,
  ...members,
});

type SettingName = Exclude<keyof AssignmentSettings, 'timeZone'>;

interface SettingsKind {
  graphName: string;
  /** What the kind has of our settings. */
  has: readonly SettingName[];
  write(settings: AssignmentSettings, publishedAt: Date): Record<string, unknown>;
}

const restartSettings = ({ restart }: AssignmentSettings) =>
  restart === null
    ? null
    : {
        gracePeriodInMinutes: restart.graceMinutes,
        countdownDisplayBeforeRestartInMinutes: restart.countdownMinutes,
        restartNotificationSnoozeDurationInMinutes: restart.snoozeMinutes,
      };

function times({ available, deadline, timeZone }: AssignmentSettings, publishedAt: Date) {
  const moment = (later: typeof available) => (later === null ? null : installTime(later, timeZone, publishedAt));
  return { useLocalTime: usesDeviceTime(timeZone), start: moment(available), end: moment(deadline) };
}

const win32: SettingsKind = {
  graphName: 'win32LobAppAssignmentSettings',
  has: ['notifications', 'deliveryOptimization', 'available', 'deadline', 'restart', 'updatesSuperseded'],
  write(settings, publishedAt) {
    const { useLocalTime, start, end } = times(settings, publishedAt);
    return {
      notifications: settings.notifications ?? 'showAll',
      deliveryOptimizationPriority: settings.deliveryOptimization ?? 'notConfigured',
      installTimeSettings:
        start === null && end === null ? null : { useLocalTime, startDateTime: start, deadlineDateTime: end },
      restartSettings: restartSettings(settings),
      autoUpdateSettings:
        settings.updatesSuperseded === null
          ? null
          : { autoUpdateSupersededAppsState: settings.updatesSuperseded ? 'enabled' : 'notConfigured' },
    };
  },
};

const winGet: SettingsKind = {
  graphName: 'winGetAppAssignmentSettings',
  // Store apps have a deadline, no time from which they are available.
  has: ['notifications', 'deadline', 'restart'],
  write(settings, publishedAt) {
    const { useLocalTime, end } = times(settings, publishedAt);
    return {
      notifications: settings.notifications ?? 'showAll',
      installTimeSettings: end === null ? null : { useLocalTime, deadlineDateTime: end },
      restartSettings: restartSettings(settings),
    };
  },
};

const apple = (graphName: string): SettingsKind => ({
  graphName,
  has: ['uninstallOnRemoval', 'removable', 'preventBackup'],
  write: ({ uninstallOnRemoval, removable, preventBackup }) => ({
    uninstallOnDeviceRemoval: uninstallOnRemoval,
    isRemovable: removable,
    preventManagedAppBackup: preventBackup,
  }),
});

const appx = (graphName: string): SettingsKind => ({
  graphName,
  has: ['deviceContext'],
  write: ({ deviceContext }) => ({ useDeviceContext: deviceContext ?? false }),
});

const kinds: Readonly<Record<string, SettingsKind>> = {
  win32LobApp: win32,
  winGetApp: winGet,
  iosLobApp: apple('iosLobAppAssignmentSettings'),
  iosStoreApp: apple('iosStoreAppAssignmentSettings'),
  macOSLobApp: {
    graphName: 'macOsLobAppAssignmentSettings',
    has: ['uninstallOnRemoval'],
    write: ({ uninstallOnRemoval }) => ({ uninstallOnDeviceRemoval: uninstallOnRemoval }),
  },
  windowsUniversalAppX: appx('windowsUniversalAppXAppAssignmentSettings'),
  windowsAppX: appx('windowsAppXAppAssignmentSettings'),
};

const settingWords: Readonly<Record<SettingName, string>> = {
  notifications: 'notifications',
  deliveryOptimization: 'delivery optimisation',
  available: 'the time from which it is available',
  deadline: 'the deadline',
  restart: 'the restart grace period',
  updatesSuperseded: 'updating superseded apps',
  uninstallOnRemoval: 'removal with the device',
  removable: 'whether people may remove it',
  preventBackup: 'keeping it out of backups',
  deviceContext: 'installing for the device',
};

/** Filters are made for one platform; on another they match nothing. */
const platforms: readonly [RegExp, readonly string[]][] = [
  [/^(android|managedAndroid)/, ['android', 'androidForWork', 'androidWorkProfile', 'androidAOSP']],
  [/^(ios|managedIOS)/, ['iOS']],
  [/^macOS/, ['macOS']],
  [/^(win|microsoftStore|officeSuite)/, ['windows10AndLater', 'windows81AndLater']],
];

const platformOf = (graphType: string) => platforms.find(([pattern]) => pattern.test(graphType))?.[1] ?? null;

/** What a template says about an app of a type, published at a moment, in Graph's words. */
export function assignmentsForApp(
  template: AssignmentTemplate,
  graphType: string,
  publishedAt: Date,
): AssignmentsForApp {
  const kind = kinds[graphType];
  const leftOut = new Set<string>();
  const refused = new Set<string>();
  const assignments = template.rows.map((row) => {
    for (const name of settingsIn(row)) if (!kind?.has.includes(name)) leftOut.add(settingWords[name]);
    for (const reason of refusals(row, graphType)) refused.add(reason);
    return {
      intent: row.intent,
      target: targetOf(row),
      settings:
        kind === undefined || !settingsIn(row).some((name) => kind.has.includes(name))
          ? null
          : typed(kind.graphName, kind.write(row.settings, publishedAt)),
    };
  });
  return {
    assignments,
    leftOut: [...leftOut].map((words) => `This type of app does not have ${words}: left out.`),
    refused: [...refused],
  };
}

const settingsIn = ({ settings }: AssignmentRow): SettingName[] =>
  (Object.keys(settingWords) as SettingName[]).filter((name) => settings[name] !== null);

function refusals({ who, intent, filter }: AssignmentRow, graphType: string): string[] {
  const found: string[] = [];
  if (intent === 'availableWithoutEnrollment' && !/^(ios|android|managedIOS|managedAndroid)/.test(graphType))
    found.push(`${whoName(who)}: ${intentNames[intent].toLowerCase()} exists for Android, iPhone and iPad only.`);
  const platform = platformOf(graphType);
  if (filter !== null && platform !== null && !platform.includes(filter.platform))
    found.push(
      `${whoName(who)}: the filter ${filter.name} is for ${filter.platform}; on this app it would match nothing.`,
    );
  return found;
}

function targetOf({ who, excluded, filter }: AssignmentRow): GraphObject {
  const filtered =
    filter === null
      ? {}
      : {
          deviceAndAppManagementAssignmentFilterId: filter.id,
          deviceAndAppManagementAssignmentFilterType: filter.mode,
        };
  switch (who.kind) {
    case 'group':
      return typed(excluded ? 'exclusionGroupAssignmentTarget' : 'groupAssignmentTarget', {
        groupId: who.id,
        ...filtered,
      });
    case 'allUsers':
      return typed('allLicensedUsersAssignmentTarget', filtered);
    case 'allDevices':
      return typed('allDevicesAssignmentTarget', filtered);
  }
}
