import { eq, inArray } from 'drizzle-orm';
import { asRequest, type ConsentRequest } from '../../src/consent/consent-request.ts';
import { isOpen } from '../../src/consent/consent-states.ts';
import { consentWords } from '../../src/dialogs/consent/consent-words.ts';
import { consentLinks, consentRequests, liveCards } from '../../src/store/schema.ts';
import { cardText } from '../fakes/card-check.ts';
import type { FakePlace } from '../fakes/connector.ts';
import { ConsentTeam } from '../fakes/consent-team.ts';
import { Browser, codeOn, hasVerb, type ShownCard, servicePrincipalOf, urlOn } from '../fakes/consent-walk.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { waitFor } from '../fakes/wait-for.ts';

let rig: ProductRig;

beforeAll(async () => {
  rig = await ProductRig.start();
});

afterAll(() => rig.close());

type Asked = Awaited<ReturnType<ConsentTeam['asked']>>;

interface World {
  team: ConsentTeam;
  asked: Asked;
  /** Every request for the connection, the one that counts last. */
  requestIds: string[];
  /** Where Microsoft sent a browser to, not necessarily gone there yet. */
  returns: { browser: Browser; url: string }[];
  /** The app has the grant at Microsoft. */
  granted: boolean;
}

const press = ({ team, asked }: World, who: 'alex' | 'megan' | 'adele', verb: string, data: object = {}) =>
  rig.teams.press(team[who], asked.base, verb, { request: asked.requestId, ...data });

/** To Microsoft's page and not further; nothing where the request does not lead there. */
async function goToMicrosoft(world: World, decision: 'accept' | 'cancel' | 'request') {
  const review = await press(world, 'megan', 'consent.review', { knowing: true });
  if (review.card === null || !cardText(review.card).includes('Your code')) return;
  const browser = new Browser(rig);
  const entered = await browser.open(urlOn(review.card, '/consent/go/'), { code: codeOn(review.card) });
  if (entered.location === null) return;
  const { location } = await browser.atMicrosoft(entered.location, decision);
  if (location === null) return;
  world.granted ||= decision === 'accept';
  world.returns.push({ browser, url: location });
}

const last = ({ returns }: World) => returns.at(-1);
const request = async (id: string): Promise<ConsentRequest> => {
  const [found] = await rig.database.db.select().from(consentRequests).where(eq(consentRequests.id, id));
  if (found === undefined) throw new Error('The request is gone');
  return asRequest(found);
};
const row = ({ asked }: World) => request(asked.requestId);

/** Cards of the connection's requests in a place. */
const copiesIn = ({ asked }: World, place: FakePlace): ShownCard[] =>
  rig.teams
    .messages(place)
    .filter(
      (message): message is ShownCard =>
        message.card !== null && cardText(message.card).startsWith(`Consent for ${asked.name}`),
    );

const steps: Record<string, (world: World) => Promise<unknown>> = {
  accept: (world) => goToMicrosoft(world, 'accept'),
  decline: (world) => goToMicrosoft(world, 'cancel'),
  comeBack: async (world) => last(world)?.browser.open(last(world)?.url ?? ''),
  comeBackTwice: async (world) => {
    await last(world)?.browser.open(last(world)?.url ?? '');
    await last(world)?.browser.open(last(world)?.url ?? '');
  },
  comeBackInAnotherBrowser: async (world) => new Browser(rig).open(last(world)?.url ?? '/consent/callback'),
  comeBackForAnotherTenant: async (world) => {
    const back = last(world);
    if (back === undefined) return;
    const url = new URL(back.url);
    url.searchParams.delete('error');
    url.searchParams.set('admin_consent', 'True');
    url.searchParams.set('tenant', rig.registration().tenantId);
    await back.browser.open(url.href);
  },
  comeBackLate: async (world) => {
    const past = new Date(Date.now() - 1_000);
    await rig.database.db
      .update(consentLinks)
      .set({ expiresAt: past })
      .where(eq(consentLinks.requestId, world.asked.requestId));
    await last(world)?.browser.open(last(world)?.url ?? '');
  },
  claimWithoutGrant: async (world) => {
    const back = last(world);
    if (back === undefined) return;
    const state = new URL(back.url).searchParams.get('state') ?? '';
    await back.browser.open(`/consent/callback?admin_consent=True&state=${state}`);
  },
  deny: async (world) => press(world, 'megan', 'consent.deny', { reason: 'No' }),
  denyByTheRequester: async (world) => press(world, 'alex', 'consent.deny', { reason: 'No' }),
  stranger: async (world) => {
    await press(world, 'adele', 'consent.review');
    await press(world, 'adele', 'consent.deny', { reason: 'No' });
    await press(world, 'adele', 'consent.withdraw');
  },
  withdraw: async (world) => press(world, 'alex', 'consent.withdraw'),
  expire: async (world) => {
    const past = new Date(Date.now() - 1_000);
    await rig.database.db
      .update(consentRequests)
      .set({ expiresAt: past, dueAt: past })
      .where(eq(consentRequests.id, world.asked.requestId));
    await rig.service.parts.consent.watch.look();
  },
  refresh: async (world) => {
    for (const who of ['alex', 'megan', 'adele'] as const)
      await rig.teams.press(
        world.team[who],
        world.asked.base,
        'consent.view',
        { request: world.asked.requestId },
        { trigger: 'automatic' },
      );
  },
  check: async (world) => press(world, 'megan', 'consent.check'),
  rename: async (world) => {
    const { connectionId, name, app } = world.asked;
    const [found] = await rig.service.parts.connections.list((await row(world)).workspaceId);
    await rig.teams.press(world.team.alex, world.asked.message, 'connection.save', {
      connection: connectionId,
      revision: found?.revision,
      name: `${name} renamed`,
      cloud: 'custom',
      tenant: app.homeTenantId,
      authUrl: '',
      clientId: app.appId,
      secret: '',
    });
  },
  switchOff: async (world) => {
    servicePrincipalOf(rig, world.asked.app).enabled = false;
    await press(world, 'megan', 'consent.check');
  },
  switchOn: async (world) => {
    servicePrincipalOf(rig, world.asked.app).enabled = true;
    await press(world, 'megan', 'consent.check');
  },
  outside: async (world) => {
    const made = await press(world, 'alex', 'consent.page');
    if (made.card === null || !cardText(made.card).includes('/consent/r/')) return;
    const browser = new Browser(rig);
    const entered = await browser.open(`/consent/r/${world.asked.requestId}`, { code: codeOn(made.card) });
    if (entered.location === null) return;
    const { location } = await browser.atMicrosoft(entered.location, 'cancel');
    if (location !== null) world.returns.push({ browser, url: location });
  },
  askAgain: async (world) => {
    const { connectionId } = world.asked;
    const place = world.team.general;
    await rig.teams.press(world.team.alex, world.asked.message, 'consent.ask', {
      connection: connectionId,
      approver: '',
      capabilities: '',
      message: '',
    });
    const rows = await rig.database.db
      .select()
      .from(consentRequests)
      .where(eq(consentRequests.connectionId, connectionId));
    const added = rows.find(({ id }) => !world.requestIds.includes(id));
    if (added === undefined) return;
    world.requestIds.push(added.id);
    const base = await waitFor(() => copiesIn(world, place)[world.requestIds.length - 1]);
    world.asked = { ...world.asked, requestId: added.id, base };
  },
  takeTheRoleAway: async (world) => world.team.name('remove', world.team.megan),
  giveTheRoleBack: async (world) => world.team.name('approver', world.team.megan),
  grantInThePortal: async (world) => {
    const { grants } = servicePrincipalOf(rig, world.asked.app);
    if (grants.length === 0)
      grants.push({ role: 'DeviceManagementApps.ReadWrite.All', assignmentId: 'portal', createdAt: 0 });
    world.granted = true;
  },
};

/** From a seed, so that a failure can be looked at again. */
function randomly(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const often = ['accept', 'comeBack', 'decline', 'comeBack', 'askAgain', 'askAgain'];

/** Everything that can happen, in any order; what moves a request, more than once. */
function sequence(seed: number): string[] {
  const random = randomly(seed);
  const deck = [...Object.keys(steps), ...often];
  for (let at = deck.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [deck[at], deck[other]] = [deck[other] ?? '', deck[at] ?? ''];
  }
  return deck;
}

/** Cards that say anything else than how their request stands; words for the failure. */
async function stale(world: World): Promise<string[]> {
  const requests = await Promise.all(world.requestIds.map(request));
  const known = await rig.database.db.select().from(liveCards).where(inArray(liveCards.subjectId, world.requestIds));
  const copies = [world.team.general, world.team.megansChat].flatMap((place) => copiesIn(world, place));
  return copies.flatMap(({ id, card }) => {
    const subject = known.find(({ activityId }) => activityId === id)?.subjectId;
    const about = requests.find((one) => one.id === subject);
    if (about === undefined) return [`of no request: ${cardText(card).slice(0, 120)}`];
    const isTrue = cardText(card).includes(consentWords(about).sentence);
    const offersTooMuch = hasVerb(card, 'consent.view') && !isOpen(about.state);
    return isTrue && !offersTooMuch ? [] : [`${about.state}: ${cardText(card).slice(0, 120)}`];
  });
}

const seeds = (process.env.CONSENT_SEEDS ?? '1,2,3,4').split(',').map(Number);

it.each(seeds)('connects by a verified grant alone, and leaves no card behind, in sequence %i', async (seed) => {
  const team = await ConsentTeam.gather(rig);
  const asked = await team.asked();
  const world: World = { team, asked, requestIds: [asked.requestId], returns: [], granted: false };
  const done: string[] = [];
  const ended = new Map<string, string>();
  for (const name of sequence(seed)) {
    done.push(name);

    await steps[name]?.(world);

    const connection = await rig.service.parts.connections.get(asked.connectionId);
    for (const id of world.requestIds) {
      const { state } = await request(id);
      const said = `${done.join(', ')}: ${state}, connection ${connection?.status}`;
      if (connection?.status === 'connected' || state === 'granted')
        expect([said, world.granted]).toEqual([said, true]);
      expect([said, ended.get(id) ?? state]).toEqual([said, state]);
      if (!isOpen(state)) ended.set(id, state);
    }
    await waitFor(async () => (await stale(world)).length === 0).catch(async () => {
      throw new Error(`After ${done.join(', ')} these cards lag: ${(await stale(world)).join(' | ')}`);
    });
  }
  expect(new Set(done)).toEqual(new Set(Object.keys(steps)));
});
