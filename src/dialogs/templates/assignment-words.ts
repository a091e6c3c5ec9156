import type { AssignmentRow, LaterMoment } from '../../templates/assignment-template.ts';

const moment = (what: string, later: LaterMoment | null): string | null => {
  if (later === null) return null;
  const day = later.days === 0 ? 'on the day' : later.days === 1 ? 'a day after' : `${later.days} days after`;
  return `${what} ${day} at ${later.time}`;
};

const switched = (value: boolean | null, yes: string, no: string): string | null =>
  value === null ? null : value ? yes : no;

/** What a row says beyond who and how, in a few words each. */
export function rowDetails({ filter, settings }: AssignmentRow): string[] {
  const { available, deadline, timeZone, restart } = settings;
  const notifications = {
    showAll: 'all notifications',
    showReboot: 'restart notifications',
    hideAll: 'no notifications',
  };
  return [
    filter === null ? null : `${filter.mode === 'include' ? 'only' : 'not'} devices of filter ${filter.name}`,
    moment('available', available),
    moment('deadline', deadline),
    available === null && deadline === null ? null : timeZone === 'device' ? 'device time' : timeZone,
    settings.notifications === null ? null : notifications[settings.notifications],
    settings.deliveryOptimization === null
      ? null
      : settings.deliveryOptimization === 'foreground'
        ? 'download in the foreground'
        : 'download in the background',
    restart === null ? null : `${restart.graceMinutes} min restart grace`,
    switched(settings.updatesSuperseded, 'updates superseded apps', 'leaves superseded apps'),
    switched(settings.deviceContext, 'installs for the device', 'installs for the user'),
    switched(settings.uninstallOnRemoval, 'removed with the device', 'stays when the device leaves'),
    switched(settings.removable, 'people may remove it', 'people may not remove it'),
    switched(settings.preventBackup, 'not in backups', 'in backups'),
  ].filter((words) => words !== null);
}
