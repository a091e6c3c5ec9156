import { desc, eq } from 'drizzle-orm';
import { listings, publishJobs } from '../../src/store/schema.ts';
import { cardText } from '../fakes/card-check.ts';
import { on } from '../fakes/card-data.ts';
import type { FakeMessage, FakePlace, Person, Pressed } from '../fakes/connector.ts';
import { grant } from '../fakes/grants.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';

/** What was begun with a connection that another place lent, and is gone on with after it was taken back. */

let rig: ProductRig;
let files: LinkServer;
let alex: Person;
let adele: Person;
let owner: FakePlace;
let borrower: FakePlace;
let card: FakeMessage;
let connection: string;

beforeAll(async () => {
  files = await startLinkServer(serveFile(buildApk()));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
  grant(rig.cloud, rig.registration(), ['GroupMember.Read.All', 'DeviceManagementManagedDevices.Read.All']);
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
});

afterAll(async () => {
  await rig.close();
  await files.close();
});

beforeEach(async () => {
  ({ general: owner } = rig.teams.team('Platform', [alex, adele]));
  ({ general: borrower } = rig.teams.team('Mobile', [adele]));
  await rig.teams.install(owner, alex);
  await rig.teams.install(borrower, adele);
  card = await rig.connect(alex, owner, 'Contoso production');
  connection = on(card.card, 'connection') ?? '';
  await rig.teams.press(alex, card, 'share.save', { connection, with: 'all' });
});

afterEach(() => {
  rig.cloud.faults.clear();
  for (const { id, displayName } of rig.cloud.state.apps(tenantId()))
    if (displayName === 'Sample') rig.cloud.state.intune(tenantId()).apps.delete(id);
});

const tenantId = () => rig.registration().tenantId;
const words = ({ text, card: shown }: Pick<Pressed, 'text' | 'card'>) =>
  text ?? (shown === null ? '' : cardText(shown));
const asked = () => rig.cloud.state.requests('graph').length;
const withdraw = async () => {
  const shown = await rig.teams.press(alex, card, 'share.show', { connection });
  const share = on(shown.card, 'share');
  const done = await rig.teams.press(alex, card, 'share.withdraw.confirm', { connection, share });
  expect(words(done)).toContain('It is withdrawn.');
};
const said = async (text: string) => {
  await rig.teams.say(adele, borrower, text);
  return rig.teams.lastMessage(borrower);
};

describe('an app that was begun with', () => {
  const appNamed = (name: string) => {
    const found = [...rig.cloud.state.intune(tenantId()).apps.values()].find(
      ({ properties }) => properties.displayName === name,
    );
    if (found === undefined) throw new Error(`No app ${name}`);
    return found;
  };
  const typed = { displayName: 'Renamed', description: 'x', publisher: 'x', isFeatured: 'true' };

  it.each<[string, { verb: string; data?: Record<string, unknown> }, { verb: string; data?: Record<string, unknown> }]>(
    [
      ['edited', { verb: 'app.edit' }, { verb: 'app.save', data: typed }],
      ['sorted into categories', { verb: 'app.categories' }, { verb: 'app.categories.save', data: { categories: '' } }],
      [
        'assigned',
        { verb: 'app.assign.plan', data: { who: 'allUsers', intent: 'available' } },
        { verb: 'app.assign.confirm' },
      ],
      ['retired', { verb: 'app.retire' }, { verb: 'app.retire.confirm' }],
    ],
  )('is not %s', async (_what, begin, goOn) => {
    const app = appNamed('Field Service');
    const before = structuredClone(app);
    const list = await said('apps');
    const begun = await rig.teams.press(adele, list, begin.verb, { connection, app: app.id, ...begin.data });
    const draft = on(begun.card, 'draft');
    expect(draft).toBeDefined();
    await withdraw();
    const requests = asked();

    const pressed = await rig.teams.press(adele, list, goOn.verb, { draft, ...goOn.data });

    expect(pressed.card).toBeNull();
    expect(pressed.text).not.toBeNull();
    expect(asked()).toBe(requests);
    expect(appNamed('Field Service')).toEqual(before);
  });
});

it('a change that waits for an approval is neither made nor withdrawn', async () => {
  rig.cloud.faults.set('multiAdminApproval');
  const list = await said('apps');
  const [app] = rig.cloud.state.apps(tenantId()).filter(({ displayName }) => displayName === 'Field Service');
  const begun = await rig.teams.press(adele, list, 'app.edit', { connection, app: app?.id });
  const typed = { displayName: 'Renamed', description: 'x', publisher: 'x', isFeatured: 'true' };
  const filed = await rig.teams.press(adele, list, 'app.save', { draft: on(begun.card, 'draft'), ...typed });
  const [request] = rig.cloud.state.intune(tenantId()).approvals.splice(-1);
  if (request === undefined) throw new Error('Nothing was filed');
  rig.cloud.state.intune(tenantId()).approvals.push({ ...request, status: 'approved' });
  await withdraw();
  const requests = asked();

  for (const verb of ['app.held.check', 'app.held.withdraw']) {
    const pressed = await rig.teams.press(adele, list, verb, { held: on(filed.card, 'held') });
    expect(pressed.text).toContain('not known here any more');
  }

  expect(asked()).toBe(requests);
  expect(rig.cloud.state.apps(tenantId()).some(({ displayName }) => displayName === 'Renamed')).toBe(false);
  rig.cloud.state.intune(tenantId()).approvals.splice(0);
});

it.each(['apps', 'devices'])('a list of %s is not leafed through, and the tenant is not asked', async (what) => {
  const list = await said(what);
  const [made] = await rig.database.db.select().from(listings).orderBy(desc(listings.createdAt)).limit(1);
  expect(made).toMatchObject({ connectionId: connection, subject: what });
  await withdraw();
  const requests = asked();

  const pressed = await rig.teams.press(adele, list, `${what}.page`, { listing: made?.id, page: 0 });

  expect(pressed.text).toContain('too old to leaf through');
  expect(asked()).toBe(requests);
});

describe('a package', () => {
  const planned = async () => {
    await said(`publish ${files.origin}/sample.apk`);
    const draft = await rig.card(borrower, 'Show the plan');
    await rig.teams.press(adele, draft, 'publish.plan', {
      release: on(draft.card, 'release'),
      revision: Number(on(draft.card, 'revision')),
      displayName: 'Sample',
      description: 'A sample',
      publisher: 'Contoso',
      notes: '',
      minimumOs: 'v9_0',
      connectionId: connection,
    });
    const plan = await rig.card(borrower, 'What will happen');
    const release = on(plan.card, 'release') ?? '';
    return { plan, confirm: { release, revision: Number(on(plan.card, 'revision')), action: 'create' } };
  };
  const made = () => rig.cloud.state.apps(tenantId()).filter(({ displayName }) => displayName === 'Sample');
  /** A second place of the borrower's own, so that there is a group of places. */
  const grouped = async () => {
    await rig.connect(adele, borrower, 'Own');
    const { plan, confirm } = await planned();
    const own = (await rig.service.parts.connections.list((await rig.workspace(borrower)).id)).find(
      ({ name }) => name === 'Own',
    );
    const group = await rig.teams.press(adele, plan, 'places.add', { release: confirm.release, connections: own?.id });
    return { plan, group: on(group.card, 'group') ?? '', own: own?.id ?? '' };
  };

  it('is published to the own place and not to the lent one', async () => {
    const { plan, group, own } = await grouped();
    await withdraw();

    await rig.teams.press(adele, plan, 'places.start', { group });
    await rig.card(borrower, /2 places[\s\S]*✓ Published/, 40_000);

    expect(made()).toHaveLength(1);
    const { id } = await rig.workspace(borrower);
    const jobs = await rig.database.db.select().from(publishJobs).where(eq(publishJobs.workspaceId, id));
    expect(jobs.map(({ connectionId }) => connectionId)).toEqual([own]);
  }, 60_000);

  it('is not planned anew in the lent place', async () => {
    const { plan, group } = await grouped();
    await withdraw();
    const requests = asked();

    await rig.teams.press(adele, plan, 'places.retry', { group, connection });

    expect(asked()).toBe(requests);
  });

  it('is not published by Retry, where its job failed before', async () => {
    const { plan, confirm } = await planned();
    await rig.teams.press(adele, plan, 'publish.confirm', confirm);
    const shown = await rig.card(borrower, '✓ Published', 20_000);
    const job = on(shown.card, 'job') ?? '';
    await rig.database.db.update(publishJobs).set({ outcome: 'failed' }).where(eq(publishJobs.id, job));
    await withdraw();

    const again = await rig.teams.press(adele, shown, 'job.retry', { job });
    await rig.service.parts.bot.idle();

    expect(again.text).toContain('The connection of this job is not known here any more.');
    expect((await rig.service.parts.jobs.view(job))?.outcome).toBe('failed');
  }, 60_000);
});
