import { personIds } from '../../demo/tenants.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';

let rig: ProductRig;
let files: LinkServer;
let alex: Person;
let adele: Person;
let general: FakePlace;

beforeAll(async () => {
  files = await startLinkServer(serveFile(buildApk()));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
  alex = rig.teams.person('Alex Wilber');
  adele = rig.teams.person('Adele Vance');
});
afterAll(async () => {
  await rig.close();
  await files.close();
});
beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex, adele]));
  await rig.teams.install(general, alex);
  await rig.teams.say(alex, general, 'roles approver', { people: [adele] });
  rig.cloud.faults.set('multiAdminApproval');
});
afterEach(() => {
  rig.cloud.faults.clear();
  const intune = rig.cloud.state.intune(contoso());
  for (const app of created()) intune.apps.delete(app.id);
  intune.approvals.splice(0);
});

const contoso = () => rig.registration().tenantId;
const created = () => rig.cloud.state.apps(contoso()).filter((app) => app.displayName === 'Sample');
const requests = () => rig.cloud.state.intune(contoso()).approvals;
const on = (message: { card: unknown }, key: string) =>
  JSON.stringify(message.card).match(new RegExp(`"${key}":"?([0-9a-f-]+)`))?.[1] ?? '';

/** On the page of the local cloud, as whoever is signed in there. */
const answer = (decision: string, why = '') =>
  fetch(`${rig.cloud.portalUrl}/approvals`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ tenant: contoso(), id: requests().at(-1)?.id ?? '', decision, answer: why }),
  });

const held = async () => {
  await rig.connect(alex, general);
  await rig.teams.say(alex, general, `publish ${files.origin}/sample.apk`);
  const draft = await rig.card(general, 'Show the plan');
  await rig.teams.press(alex, draft, 'publish.plan', {
    release: on(draft, 'release'),
    revision: Number(on(draft, 'revision')),
    displayName: 'Sample',
    description: 'A sample',
    publisher: 'Contoso',
    notes: '',
    minimumOs: 'v9_0',
    connectionId:
      JSON.stringify(draft.card).match(/"choices":\[\{"title":"[^"]*","value":"([0-9a-f-]{36})"/)?.[1] ?? '',
  });
  const plan = await rig.card(general, 'What will happen');
  await rig.teams.press(alex, plan, 'publish.confirm', {
    release: on(plan, 'release'),
    revision: Number(on(plan, 'revision')),
    action: 'create',
  });
  return rig.card(general, 'A second administrator has to approve');
};

it('says what is held and who can approve, goes on after the approval, and tells who gave it', async () => {
  const waiting = await held();

  const words = cardText(waiting.card);
  expect(cardFaults(waiting.card)).toEqual([]);
  expect(words).toContain('Adele Vance or another administrator of Intune, not Alex Wilber, who asked');
  const news = await rig.text(general, 'waits for a second administrator (Adele Vance) to approve it');
  expect(news.mentions).toEqual([alex.teamsId]);
  expect(requests()).toHaveLength(1);
  expect(requests()[0]?.justification).toContain('Asked for by Alex Wilber in Microsoft Teams');
  expect(created()).toMatchObject([{ publishingState: 'notPublished' }]);

  rig.cloud.signIn(personIds.megan);
  await answer('approve');
  await rig.teams.press(alex, waiting, 'job.look', { job: on(waiting, 'job') });

  const published = await rig.card(general, '✓ Published');
  expect(published.id).toBe(waiting.id);
  expect(cardText(published.card)).toContain('approved by Megan Bowen');
  expect(created()).toMatchObject([{ publishingState: 'published' }]);
  expect(requests().map(({ status }) => status)).toEqual(['completed']);
});

it('ends with the administrator’s words when the request is rejected', async () => {
  const waiting = await held();

  await answer('reject', 'Wait for Monday');
  await rig.teams.press(alex, waiting, 'job.look', { job: on(waiting, 'job') });

  const failed = await rig.card(general, 'Not published: the approval was refused');
  expect(cardFaults(failed.card)).toEqual([]);
  expect(cardText(failed.card)).toContain('Rejected by Megan Bowen: “Wait for Monday”');
  expect(requests()).toHaveLength(1);
});

it('withdraws the request when somebody cancels', async () => {
  const waiting = await held();

  const asked = await rig.teams.press(alex, waiting, 'job.cancel', { job: on(waiting, 'job') });
  expect(asked.card && cardText(asked.card)).toContain('The request for approval is withdrawn');
  await rig.teams.press(alex, waiting, 'job.cancel.confirm', { job: on(waiting, 'job') });

  await rig.card(general, 'Cancelled');
  await waitFor(() => requests()[0]?.status === 'cancelled');
});

it('tries the change itself where it may not read requests', async () => {
  const principal = rig.cloud.tenants.tenants
    .find(({ id }) => id === contoso())
    ?.servicePrincipals.find(({ appId }) => appId === rig.registration().clientId);
  const grants = principal?.grants.splice(0) ?? [];
  principal?.grants.push(...grants.filter(({ role }) => role !== 'DeviceManagementRBAC.Read.All'));
  const waiting = await held();
  await rig.teams.press(alex, waiting, 'job.look', { job: on(waiting, 'job') });
  const trying = await rig.card(general, 'may not read requests for approval');

  await answer('approve');
  await rig.teams.press(alex, trying, 'job.look', { job: on(trying, 'job') });

  await rig.card(general, '✓ Published');
  principal?.grants.splice(0, principal.grants.length, ...grants);
});
