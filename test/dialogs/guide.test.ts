import { tenantIds } from '../../demo/tenants.ts';
import type { Card } from '../../src/cards/card.ts';
import { guideCard } from '../../src/dialogs/guide/guide-card.ts';
import { type GuideName, guides } from '../../src/dialogs/guide/guide-steps.ts';
import { builtInClouds } from '../../src/graph/clouds.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';

const pages = (Object.keys(guides) as GuideName[]).flatMap((guide) =>
  guides[guide].steps.map(({ title }, step) => [guide, step, title] as const),
);

describe.each(pages)('%s guide, page %i: %s', (guide, step) => {
  const make = () =>
    guideCard({
      guide,
      step,
      cloud: builtInClouds[0]!,
      clouds: builtInClouds,
      callbackUrls: {
        consent: 'https://quartermaster.example/consent/callback',
        signIn: 'https://quartermaster.example/signin/callback',
      },
      connections: [{ id: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001', name: 'Contoso production' }],
    });

  it('is valid, labelled and small enough', () => {
    expect(cardFaults(make())).toEqual([]);
  });

  it('has a deep link and the way by menus', () => {
    expect(cardText(make())).toMatch(/\]\(https:\/\/[^)]+\), by menus: \S/);
  });

  it('looks as reviewed', () => {
    expect(make()).toMatchSnapshot();
  });
});

describe('the guide', () => {
  let rig: ProductRig;
  let alex: Person;
  let general: FakePlace;
  let step: FakeMessage;

  beforeAll(async () => {
    rig = await ProductRig.start();
    alex = rig.teams.person('Alex Wilber');
  });
  beforeEach(async () => {
    ({ general } = rig.teams.team('Mobile', [alex]));
    await rig.teams.install(general, alex);
    await rig.teams.say(alex, general, 'connect');
    step = await rig.card(general, 'Step 1 of 2');
  });
  afterAll(() => rig.close());

  const press = (verb: string, data: Record<string, unknown>) => rig.teams.press(alex, step, verb, data);
  const words = (pressed: { card: Card | null }) => (pressed.card === null ? '' : cardText(pressed.card));

  it('is offered by connect, and leads through all pages back to it', async () => {
    expect(cardText(step.card!)).toContain('I have no app registration yet');

    let page = await press('guide.show', {});
    for (const { title } of guides.registration.steps) {
      expect(words(page)).toContain(title);
      const next = page.card!.actions?.[0] as unknown as { verb: string; data: Record<string, unknown> };
      page = await press(next.verb, next.data);
    }

    expect(words(page)).toContain('Step 1 of 2');
  });

  it('shows our own callback addresses where a redirect URI is asked for', async () => {
    const shown = words(await press('guide.show', { step: 3 }));

    expect(shown).toContain('https://quartermaster.example/consent/callback');
    expect(shown).toContain('https://quartermaster.example/signin/callback');
  });

  it('checks a tenant by its domain and names its id', async () => {
    // Somebody has been at the sign-in service before: the first connection to it takes its time.
    await rig.connect(alex, general, 'Contoso production');
    const page = await press('guide.tenant', { step: 4, cloud: 'custom', tenant: 'contoso.example' });

    expect(words(page)).toContain(`Its Directory (tenant) ID is ${tenantIds.contoso}`);
  });

  it.each([
    ['nothing', '', 'Enter the Directory (tenant) ID'],
    ['no tenant', 'nobody.example', 'knows no tenant nobody.example'],
    ['a person', 'megan@contoso.example', 'That is a person'],
  ])('says so when %s is named, and keeps what was typed', async (_what, tenant, expected) => {
    const page = await press('guide.tenant', { step: 4, cloud: 'custom', tenant });

    expect(words(page)).toContain(expected);
    expect(words(page)).toContain(tenant);
  });

  it('checks the permissions of a connection that is there', async () => {
    const shown = await rig.connect(alex, general, 'Contoso production');
    const id = JSON.stringify(shown.card).match(/"connection":"([0-9a-f-]{36})"/)![1]!;

    const page = await press('guide.show', { step: 7 });

    expect(words(page)).toContain('Connection to check');
    expect(words(await press('permissions.show', { connection: id }))).toContain('What Contoso production may do');
  });
});
