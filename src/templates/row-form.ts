import {
  type AssignmentRow,
  type AssignmentSettings,
  type Intent,
  intents,
  type LaterMoment,
  noSettings,
} from './assignment-template.ts';
import { isTimeZone } from './install-times.ts';

export const rowParts = ['basics', 'windows', 'apple'] as const;
export type RowPart = (typeof rowParts)[number];

/** What a choice says where nothing is chosen; an empty value is no choice to some clients. */
export const unset = 'unset';

export type RowFaults = Record<string, string>;

/** What stood in the fields, to be shown again. */
export type RowValues = Readonly<Record<string, string>>;

type Read<T> = { value: T } | { faults: RowFaults };

const said = (input: Record<string, unknown>, name: string): string => {
  const value = input[name];
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
};

function oneOf<T extends string>(text: string, choices: readonly T[]): T | null {
  return choices.find((choice) => choice === text) ?? null;
}

const yesNo = (text: string): boolean | null => (text === 'yes' ? true : text === 'no' ? false : null);
const shown = (value: boolean | null): string => (value === null ? unset : value ? 'yes' : 'no');

export interface BasicsChoice {
  intent: Intent;
  filterId: string | null;
  filterMode: 'include' | 'exclude';
}

export function readBasics(input: Record<string, unknown>): Read<BasicsChoice> {
  const intent = oneOf(said(input, 'intent'), intents);
  if (intent === null) return { faults: { intent: 'Choose one of these' } };
  const filterId = said(input, 'filter').toLowerCase();
  return {
    value: {
      intent,
      filterId: filterId === '' || filterId === unset ? null : filterId,
      filterMode: oneOf(said(input, 'filterMode'), ['include', 'exclude']) ?? 'include',
    },
  };
}

export function readWindows(input: Record<string, unknown>): Read<Partial<AssignmentSettings>> {
  const faults: RowFaults = {};
  const available = readMoment(input, 'available', faults);
  const deadline = readMoment(input, 'deadline', faults);
  const timeZone = said(input, 'timeZone') || noSettings.timeZone;
  if (!isTimeZone(timeZone)) faults.timeZone = 'Write device, or a zone such as Europe/Berlin';
  const restart = readRestart(input, faults);
  if (Object.keys(faults).length > 0) return { faults };
  return {
    value: {
      notifications: oneOf(said(input, 'notifications'), ['showAll', 'showReboot', 'hideAll']),
      deliveryOptimization: oneOf(said(input, 'delivery'), ['notConfigured', 'foreground']),
      available,
      deadline,
      timeZone,
      restart,
      updatesSuperseded: yesNo(said(input, 'superseded')),
      deviceContext: yesNo(said(input, 'deviceContext')),
    },
  };
}

export function readApple(input: Record<string, unknown>): Read<Partial<AssignmentSettings>> {
  return {
    value: {
      uninstallOnRemoval: yesNo(said(input, 'uninstallOnRemoval')),
      removable: yesNo(said(input, 'removable')),
      preventBackup: yesNo(said(input, 'preventBackup')),
    },
  };
}

/** `2 09:00`: days after publishing and the time of day; only days means midnight. */
function readMoment(input: Record<string, unknown>, name: string, faults: RowFaults): LaterMoment | null {
  const days = said(input, `${name}Days`);
  const time = said(input, `${name}Time`);
  if (days === '' && time === '') return null;
  if (!/^\d{1,3}$/.test(days) || Number(days) > 365) faults[`${name}Days`] = 'A number of days from 0 to 365';
  const clock = /^(\d{1,2}):(\d\d)$/.exec(time === '' ? '0:00' : time);
  const [hour, minute] = [Number(clock?.[1]), Number(clock?.[2])];
  if (clock === null || hour > 23 || minute > 59) faults[`${name}Time`] = 'A time such as 09:00';
  return { days: Number(days), time: `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}` };
}

function readRestart(input: Record<string, unknown>, faults: RowFaults): AssignmentSettings['restart'] {
  const names = ['grace', 'countdown', 'snooze'] as const;
  const texts = names.map((name) => said(input, name));
  if (texts.every((text) => text === '')) return null;
  const limits = { grace: 20_160, countdown: 240, snooze: 712 } as const;
  const [grace = null, countdown = null, snooze = null] = names.map((name, index) => {
    const text = texts[index] ?? '';
    if (text === '') return null;
    const minutes = Number(text);
    if (!/^\d{1,5}$/.test(text) || minutes < 1 || minutes > limits[name])
      faults[name] = `Minutes from 1 to ${limits[name].toLocaleString('en-GB')}`;
    return minutes;
  });
  // Intune's own values where somebody chose a grace period and nothing else.
  return { graceMinutes: grace ?? 1440, countdownMinutes: countdown ?? 15, snoozeMinutes: snooze };
}

/** What the fields show of a row. */
export function rowValues({ intent, filter, settings }: AssignmentRow): RowValues {
  const { available, deadline, restart } = settings;
  return {
    intent,
    filter: filter?.id ?? unset,
    filterMode: filter?.mode ?? 'include',
    notifications: settings.notifications ?? unset,
    delivery: settings.deliveryOptimization ?? unset,
    availableDays: available === null ? '' : String(available.days),
    availableTime: available?.time ?? '',
    deadlineDays: deadline === null ? '' : String(deadline.days),
    deadlineTime: deadline?.time ?? '',
    timeZone: settings.timeZone,
    grace: restart === null ? '' : String(restart.graceMinutes),
    countdown: restart === null ? '' : String(restart.countdownMinutes),
    snooze: restart?.snoozeMinutes == null ? '' : String(restart.snoozeMinutes),
    superseded: shown(settings.updatesSuperseded),
    deviceContext: shown(settings.deviceContext),
    uninstallOnRemoval: shown(settings.uninstallOnRemoval),
    removable: shown(settings.removable),
    preventBackup: shown(settings.preventBackup),
  };
}
