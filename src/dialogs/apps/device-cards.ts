import type { ListPage } from '../../apps/listings.ts';
import type { Card } from '../../cards/card.ts';
import { textField } from '../../cards/inputs.ts';
import { openPager } from '../../cards/pager.ts';
import { card, container, execute, header, openBeside, openUrl, strip, text } from '../../cards/pieces.ts';
import { problemBlock } from '../../cards/problem-block.ts';
import { plain, when } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { ManagedDevice } from '../../graph/managed-devices.ts';
import type { Problem } from '../../problems/problem.ts';

const complianceWords: Record<string, string> = {
  compliant: '✓ Compliant',
  noncompliant: '✗ Not compliant',
  inGracePeriod: '! In its grace period',
  conflict: '! Conflicting policies',
  error: '! Compliance could not be found out',
  configManager: 'Compliance is decided by Configuration Manager',
};

export interface DeviceListCard {
  connection: StoredConnection;
  list: ListPage<ManagedDevice>;
  now: Date;
}

export function deviceListCard({ connection, list, now }: DeviceListCard): Card {
  return card(
    [
      header({
        title: `Devices in ${connection.name}`,
        where: list.words === '' ? undefined : `name holds “${list.words}”`,
      }),
      ...(list.rows.length === 0
        ? [text(list.words === '' ? 'No device is enrolled.' : 'No device fits. Try a shorter part of the name.')]
        : list.rows.map((device) => deviceLine(device, now))),
      ...openPager({ verb: 'devices.page', page: list.page, hasMore: list.hasMore, data: { listing: list.listingId } }),
      container(
        [
          textField({
            id: 'words',
            label: 'Find by name',
            hint: 'A part of it is enough.',
            maxLength: 80,
            value: list.words,
          }),
        ],
        {
          separator: true,
        },
      ),
    ],
    [
      execute('Find', 'devices.find', { connection: connection.id }, { takesInputs: true }),
      openBeside('Open the connection', 'connection.show', { connection: connection.id }),
    ],
  );
}

function deviceLine(device: ManagedDevice, now: Date) {
  const system = [device.operatingSystem, device.osVersion].filter(Boolean).join(' ');
  const seen = device.lastSyncDateTime === null ? null : new Date(device.lastSyncDateTime);
  // A device that never came in has the year 1.
  const hasSynced = seen !== null && seen.getUTCFullYear() > 1970;
  return container(
    [
      text(device.deviceName ?? device.id, { bold: true }),
      text([system, device.model, device.userPrincipalName].filter(Boolean).join(' · '), {
        small: true,
        spacing: 'None',
      }),
      text(
        `${complianceWords[device.complianceState ?? ''] ?? 'Compliance not known'} · ${hasSynced ? `last seen ${when(seen, now)}` : plain('not seen yet')}`,
        { small: true, subtle: true, markdown: true, spacing: 'None' },
      ),
    ],
    { separator: true },
  );
}

export interface DevicesRefusedCard {
  connection: StoredConnection;
  problem: Problem;
  apiPermissionsUrl: string | null;
  supportContact: string;
}

export function devicesRefusedCard({
  connection,
  problem,
  apiPermissionsUrl,
  supportContact,
}: DevicesRefusedCard): Card {
  return card(
    [
      header({ title: `Devices in ${connection.name}` }),
      strip('attention', problem.title),
      ...problemBlock(problem, {
        supportContact,
        fixes: [apiPermissionsUrl === null ? null : openUrl('Fix: API permissions of the app', apiPermissionsUrl)],
      }),
    ],
    [
      execute('Check permissions', 'permissions.show', { connection: connection.id }),
      openBeside('Open the connection', 'connection.show', { connection: connection.id }),
    ],
  );
}
