import type { Card } from '../../src/cards/card.ts';
import { consentCard } from '../../src/dialogs/consent/consent-card.ts';
import {
  denyForm,
  outsidePageCard,
  questionForm,
  requestForm,
  someoneElseCard,
} from '../../src/dialogs/consent/consent-forms.ts';
import { consentListCard } from '../../src/dialogs/consent/consent-list-card.ts';
import { portalOf } from '../../src/dialogs/consent/consent-services.ts';
import { requesterLeftCard, reviewCard, stoppedCard } from '../../src/dialogs/consent/review-cards.ts';
import { builtInClouds } from '../../src/graph/clouds.ts';
import { capabilities } from '../../src/permissions/capabilities.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { sampleConsent } from '../fakes/consent-samples.ts';
import { now, sampleConnection } from '../fakes/samples.ts';

const portal = portalOf(builtInClouds, sampleConsent());
const by = { objectId: 'megan', name: 'Megan Bowen' };
const shown = (
  change: Parameters<typeof sampleConsent>[0],
  eyes: 'everybody' | 'approver' | 'requester' = 'everybody',
) => consentCard({ request: sampleConsent(change), eyes, portal, now });
const approvers = [{ objectId: 'megan', name: 'Megan Bowen' }];
const draft = sampleConnection({ status: 'notFinished', statusReason: 'draft', connectedAt: null });

const cards: [string, () => Card][] = [
  ['request, for everybody', () => shown({})],
  ['request, for an approver', () => shown({}, 'approver')],
  ['request, for the person who asked', () => shown({}, 'requester')],
  ['request that nobody here can decide', () => shown({ approvers: [], approversAre: 'admins' }, 'requester')],
  ['request after Microsoft stopped somebody', () => shown({ note: 'needsAdmin' }, 'approver')],
  ['left at Microsoft', () => shown({ state: 'withMicrosoft', note: 'notGrantedThere' }, 'approver')],
  ['granted, waiting for Microsoft', () => shown({ state: 'granting', decidedBy: by, grantedAt: now }, 'approver')],
  ['switched off in the tenant', () => shown({ state: 'blocked', note: 'appDisabled' }, 'approver')],
  ['granted as listed', () => shown({ state: 'granted', decidedBy: by, grantedRoles: sampleConsent().permissions })],
  [
    'granted differently',
    () =>
      shown({
        state: 'granted',
        decidedBy: by,
        grantedRoles: ['DeviceManagementApps.ReadWrite.All', 'DeviceManagementManagedDevices.PrivilegedOperations.All'],
      }),
  ],
  ['denied', () => shown({ state: 'denied', decidedBy: by, reason: 'Use the test tenant first' })],
  ['withdrawn', () => shown({ state: 'withdrawn', decidedBy: { objectId: 'alex', name: 'Alex Wilber' } })],
  ['expired', () => shown({ state: 'expired' })],
  ['overtaken', () => shown({ state: 'overtaken' })],
  [
    'link and code',
    () =>
      reviewCard({
        request: sampleConsent(),
        url: 'https://quartermaster.contoso.com/consent/go/x',
        code: '482913',
        redirectUri: 'https://quartermaster.contoso.com/consent/callback',
        portal,
      }),
  ],
  ['the person who asked has left', () => requesterLeftCard(sampleConsent())],
  ['stopped at Microsoft', () => stoppedCard(sampleConsent(), portal)],
  ['request form', () => requestForm({ connection: draft, approvers, approversAre: 'approvers' })],
  ['request form without approvers', () => requestForm({ connection: draft, approvers: [], approversAre: 'admins' })],
  ['deny form', () => denyForm(sampleConsent())],
  ['question form', () => questionForm(sampleConsent())],
  [
    'someone else',
    () =>
      someoneElseCard({
        request: sampleConsent(),
        others: [{ objectId: 'diego', name: 'Diego Siciliani' }],
        installUrl: 'https://teams.microsoft.com/l/app/x',
      }),
  ],
  [
    'page for an administrator outside',
    () => outsidePageCard(sampleConsent(), { url: 'https://quartermaster.contoso.com/consent/r/x', code: '482913' }),
  ],
  ['no open requests', () => consentListCard([], now)],
  ['open requests', () => consentListCard([sampleConsent(), sampleConsent({ state: 'granting', decidedBy: by })], now)],
];

it.each(cards)('%s: valid, small, and as it was reviewed', (_name, make) => {
  const card = make();

  expect(cardFaults(card)).toEqual([]);
  expect(card).toMatchSnapshot();
});

it('stays within the size for everything that can be asked for', () => {
  const all = capabilities.map(({ id }) => id);
  const permissions = capabilities.map(({ accepts }) => accepts[0]);

  const card = shown({ capabilities: all, permissions, message: 'x'.repeat(500) }, 'approver');

  expect(cardFaults(card)).toEqual([]);
});

it('asks no more clients for their own view than Teams allows', () => {
  const people = Array.from({ length: 80 }, (_, index) => ({
    objectId: `p${index}`,
    name: `Person ${index}`,
    teamsId: `29:${index}`,
    chat: null,
  }));

  const card = shown({ approvers: people });

  expect(card.refresh?.userIds).toHaveLength(60);
  expect(card.refresh?.userIds?.[0]).toBe('29:alex');
  expect(cardFaults(card)).toEqual([]);
});

it('names what was granted beyond the list, in plain words', () => {
  const card = shown({
    state: 'granted',
    grantedRoles: ['DeviceManagementApps.ReadWrite.All', 'DeviceManagementManagedDevices.PrivilegedOperations.All'],
  });

  expect(cardText(card)).toContain('Listed, but not granted: GroupMember.Read.All');
  expect(cardText(card)).toContain('wipe, retire, lock and restart devices');
});
