import type { AppEdit } from '../../src/apps/app-edits.ts';
import type { RelationPlan } from '../../src/apps/app-relations.ts';
import type { RetirePlan } from '../../src/apps/app-retirement.ts';
import type { AssignPlan } from '../../src/apps/app-targets.ts';
import type { HeldChange } from '../../src/apps/approval/held-changes.ts';
import type { AppView } from '../../src/apps/apps.ts';
import type { LinkApp } from '../../src/apps/links/link-apps.ts';
import type { LinkForm } from '../../src/apps/links/link-form.ts';
import type { Store } from '../../src/apps/links/store-links.ts';
import type { ListPage } from '../../src/apps/listings.ts';
import type { Card } from '../../src/cards/card.ts';
import { appCard, moreCard } from '../../src/dialogs/apps/app-card.ts';
import { editCard } from '../../src/dialogs/apps/app-edit-cards.ts';
import { appListCard, whichAppCard } from '../../src/dialogs/apps/app-list-cards.ts';
import { categoriesCard } from '../../src/dialogs/apps/category-card.ts';
import { whichConnectionCard } from '../../src/dialogs/apps/connection-words.ts';
import { deviceListCard, devicesRefusedCard } from '../../src/dialogs/apps/device-cards.ts';
import { heldCard } from '../../src/dialogs/apps/held-cards.ts';
import { linkEndCard, linkFormCard, linkPlanCard } from '../../src/dialogs/apps/links/link-cards.ts';
import { relationPlanCard, relationsCard } from '../../src/dialogs/apps/relation-cards.ts';
import { retireCard, retiredCard } from '../../src/dialogs/apps/retire-cards.ts';
import { assignCard, assignPlanCard, confirmUnassignCard, targetsCard } from '../../src/dialogs/apps/target-cards.ts';
import type { AppRow, AssignedTarget } from '../../src/graph/intune-app.ts';
import type { ManagedDevice } from '../../src/graph/managed-devices.ts';
import { problem } from '../../src/problems/problem.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { sampleAppView } from '../fakes/sample-apps.ts';
import { now, sampleConnection } from '../fakes/samples.ts';

const connection = sampleConnection();
const appRow = (change: Partial<AppRow> = {}): AppRow => ({
  id: '3470c804-d55b-4592-998a-f70f35933a3e',
  graphType: 'androidLobApp',
  displayName: 'API Demos',
  publisher: 'Contoso',
  publishingState: 'published',
  isAssigned: true,
  lastModifiedDateTime: null,
  ...change,
});
const listOf = <Row>(rows: Row[], change: Partial<ListPage<Row>> = {}): ListPage<Row> => ({
  listingId: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0009',
  connectionId: connection.id,
  words: '',
  kind: null,
  page: 0,
  rows,
  hasMore: false,
  ...change,
});
const device: ManagedDevice = {
  id: 'd1',
  deviceName: 'FIELD-0042',
  operatingSystem: 'Android',
  osVersion: '13',
  model: 'Galaxy XCover',
  complianceState: 'noncompliant',
  userPrincipalName: 'diego.siciliani@contoso.example',
  lastSyncDateTime: '2026-11-20T10:00:00Z',
};
const eight = Array.from({ length: 8 }, (_, index) =>
  appRow({
    id: `3470c804-d55b-4592-998a-f70f35933a3${index}`,
    displayName: `${'A very long name '.repeat(12)}${index}`,
  }),
);
const view = (change: Partial<AppView> = {}) => ({
  view: sampleAppView(change),
  adminCentreUrl: 'https://intune.microsoft.com/x',
  now,
});

const draftId = '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f000d';
const edit: AppEdit = {
  draftId,
  connectionId: connection.id,
  appId: sampleAppView().app.id,
  graphType: 'androidLobApp',
  seen: sampleAppView().app.metadata,
};
const [kept] = sampleAppView().app.assignments as [AssignedTarget];
const assignPlan = (change: Partial<AssignPlan['difference']> = {}): AssignPlan => ({
  draftId,
  connectionId: connection.id,
  app: sampleAppView().app,
  wanted: { who: 'group', group: { id: 'g1', name: 'Field service' }, intent: 'required' },
  difference: {
    added: [
      { intent: 'required', target: { '@odata.type': kept.target['@odata.type'], groupId: 'g1' }, settings: null },
    ],
    changed: [],
    removed: [],
    kept: [kept],
    contradictions: [],
    ...change,
  },
});
const retirePlan: RetirePlan = {
  draftId,
  connectionId: connection.id,
  app: sampleAppView().app,
  needed: [
    {
      id: 'r1',
      kind: 'dependency',
      targetId: 'b1',
      targetName: 'Portal',
      targetVersion: null,
      isInbound: true,
      how: 'autoInstall',
    },
  ],
};

const relationPlan: RelationPlan = {
  draftId,
  connectionId: connection.id,
  app: sampleAppView().app,
  wanted: { otherId: 'b1', otherName: 'API Demos 3', how: 'replace' },
  before: sampleAppView().relations?.[0] ?? null,
  kept: 2,
};
const sampleLink = (store: Store): LinkApp => ({
  id: draftId,
  workspaceId: connection.workspaceId,
  requesterId: 'alex',
  requesterName: 'Alex Wilber',
  store,
  url: 'https://intranet.contoso.com/',
  storeId: 'https://intranet.contoso.com/',
  state: 'draft',
  form: null,
  connectionId: connection.id,
  marker: '[Quartermaster link 1]',
  appId: null,
  creatingSince: null,
  revision: 2,
  createdAt: now,
});
const webForm: LinkForm = {
  store: 'web',
  displayName: 'Intranet',
  description: 'News and forms',
  publisher: 'Contoso',
  notes: '',
  connectionId: connection.id,
  type: 'webApp',
  useManagedBrowser: false,
  fullScreen: false,
};

const heldChange = (change: Partial<HeldChange> = {}) => ({
  held: {
    id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0012',
    ...{ workspaceId: 'w', connectionId: connection.id, appId: appRow().id, appName: 'Field Service' },
    ...{ action: 'app.assign.confirm', requesterId: 'alex', requesterName: 'Alex Wilber' },
    ...{ approvers: ['Adele Vance'], request: {}, marker: 'm', code: 'c', clientId: 'i', state: 'open' as const },
    ...{ decidedBy: null, answer: null, createdAt: now, decidedAt: null },
    ...change,
  },
  approvals: { url: 'https://intune.example/approvals', menuPath: 'Tenant administration › Multi Admin Approval' },
  ...{ connection, now },
});

const cards: [string, () => Card][] = [
  ['change that waits for approval', () => heldCard(heldChange())],
  [
    'change that was approved',
    () => heldCard(heldChange({ action: 'app.retire.confirm', state: 'completed', decidedBy: 'Megan Bowen' })),
  ],
  [
    'change that was rejected',
    () => heldCard(heldChange({ state: 'rejected', decidedBy: 'Megan Bowen', answer: 'Wait for Monday' })),
  ],
  ['apps', () => appListCard({ connection, list: listOf([appRow()]) })],
  ['apps, none', () => appListCard({ connection, list: listOf<AppRow>([]) })],
  [
    'apps, narrowed, in the middle of many',
    () => appListCard({ connection, list: listOf(eight, { words: 'name', kind: 'android', page: 3, hasMore: true }) }),
  ],
  [
    'which app',
    () =>
      whichAppCard('demos', {
        found: [{ connection, row: appRow() }],
        silent: [{ connection: sampleConnection({ name: 'Fabrikam' }), problem: problem('graphDown') }],
      }),
  ],
  [
    'which connection',
    () => whichConnectionCard([connection], { what: 'Apps', verb: 'apps.list', example: 'apps Contoso production' }),
  ],
  [
    'no connection',
    () => whichConnectionCard([], { what: 'Apps', verb: 'apps.list', example: 'apps Contoso production' }),
  ],
  ['app', () => appCard(view())],
  ['app that nobody receives', () => appCard(view({ app: { ...sampleAppView().app, assignments: [], icon: null } }))],
  [
    'app whose groups may not be named',
    () => appCard(view({ groups: { names: new Map(), state: 'notAllowed' }, relations: null, published: [] })),
  ],
  ['more about an app', () => moreCard(view())],
  ['edit', () => editCard({ edit, connection, appId: edit.appId })],
  [
    'edit with faults',
    () =>
      editCard({
        edit,
        connection,
        appId: edit.appId,
        values: { displayName: '', owner: 'Mine' },
        faults: { displayName: 'A name is needed' },
      }),
  ],
  [
    'edit where two changed the same',
    () =>
      editCard({
        edit,
        connection,
        appId: edit.appId,
        values: { owner: 'Mine' },
        clashes: [{ field: 'owner', theirs: 'Field team' }],
      }),
  ],
  [
    'categories',
    () =>
      categoriesCard({
        connection,
        choice: { draftId, app: sampleAppView().app, all: [{ id: 'c1', name: 'Developer tools' }] },
      }),
  ],
  ['no categories', () => categoriesCard({ connection, choice: { draftId, app: sampleAppView().app, all: [] } })],
  ['assign', () => assignCard(view())],
  [
    'assign, several groups',
    () =>
      assignCard({
        ...view(),
        groups: [
          { id: 'g1', name: 'Field service', description: 'Technicians on the road' },
          { id: 'g2', name: 'Field office', description: null },
        ],
      }),
  ],
  ['assignment plan', () => assignPlanCard({ plan: assignPlan(), view: sampleAppView() })],
  [
    'assignment plan that contradicts',
    () =>
      assignPlanCard({
        plan: assignPlan({ added: [], contradictions: [{ existing: kept, wanted: kept }] }),
        view: sampleAppView(),
        isNew: true,
      }),
  ],
  ['assignments to take away', () => targetsCard({ ...view(), page: 0 })],
  [
    'assignments to take away, of many',
    () =>
      targetsCard({
        view: sampleAppView({
          app: {
            ...sampleAppView().app,
            assignments: Array.from({ length: 45 }, (_, index) => ({ ...kept, id: `${kept.id}_${index}` })),
          },
        }),
        page: 1,
      }),
  ],
  [
    'remove an assignment',
    () => confirmUnassignCard({ view: sampleAppView(), assignmentId: 'a1' }) ?? assignCard(view()),
  ],
  ['relations', () => relationsCard({ ...view(), canRelate: true })],
  [
    'relations of an app that cannot have any',
    () => relationsCard({ view: sampleAppView({ relations: [] }), canRelate: false }),
  ],
  ['relation plan', () => relationPlanCard(relationPlan, connection)],
  ['link to the Microsoft Store', () => linkFormCard({ app: sampleLink('microsoft'), connections: [connection] })],
  [
    'link to the App Store with faults',
    () =>
      linkFormCard({
        app: sampleLink('apple'),
        connections: [connection, sampleConnection({ id: 'b', name: 'Fabrikam' })],
        values: { displayName: 'Teams' },
        faults: { bundleId: 'The bundle id is needed' },
      }),
  ],
  ['link to Google Play', () => linkFormCard({ app: sampleLink('google'), connections: [connection] })],
  ['web link', () => linkFormCard({ app: sampleLink('web'), connections: [connection] })],
  ['plan of a link', () => linkPlanCard({ app: sampleLink('web'), form: webForm, connection, twins: [] })],
  [
    'plan of a link that is there',
    () => linkPlanCard({ app: sampleLink('web'), form: webForm, connection, twins: [sampleAppView().app] }),
  ],
  ['link discarded', () => linkEndCard(sampleLink('web'), 'discarded')],
  ['link being created', () => linkEndCard(sampleLink('web'), 'creating')],
  ['retire', () => retireCard({ connection, plan: retirePlan })],
  ['retire, more than confirmed', () => retireCard({ connection, plan: retirePlan, isChanged: true })],
  ['retired', () => retiredCard({ name: 'API Demos', assignments: 3 }, connection, 'Alex Wilber')],
  ['devices', () => deviceListCard({ connection, list: listOf([device]), now })],
  [
    'devices, one that never came in',
    () => deviceListCard({ connection, list: listOf([{ ...device, lastSyncDateTime: '0001-01-01T00:00:00Z' }]), now }),
  ],
  ['devices, none', () => deviceListCard({ connection, list: listOf<ManagedDevice>([], { words: 'x' }), now })],
  [
    'devices refused',
    () =>
      devicesRefusedCard({
        connection,
        problem: problem('devicesNotAllowed'),
        apiPermissionsUrl: 'https://entra.microsoft.com/c',
        supportContact: 'it-help@contoso.com',
      }),
  ],
];

describe.each(cards)('card: %s', (_name, make) => {
  it('is valid, labelled and small enough', () => {
    expect(cardFaults(make())).toEqual([]);
  });

  it('looks as reviewed', () => {
    expect(make()).toMatchSnapshot();
  });
});

it('stays small with as many assignments as an app may have', () => {
  const { app } = sampleAppView();
  const assignments = Array.from({ length: 300 }, (_, index) => ({
    id: String(index),
    intent: 'required',
    target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: `group-${index}` },
    settings: null,
  }));

  const shown = appCard(view({ app: { ...app, assignments } }));

  expect(cardFaults(shown)).toEqual([]);
  expect(cardText(shown)).toContain('and 292 more');
});

it('shows names from outside as text, not as links', () => {
  const { app } = sampleAppView();
  const metadata = { ...app.metadata, displayName: '[click](https://evil.example)' };

  const shown = appCard(view({ app: { ...app, metadata } }));

  expect(cardText(shown)).toContain('\\[click\\]');
});
