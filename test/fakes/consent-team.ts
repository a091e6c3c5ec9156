import { personIds } from '../../demo/tenants.ts';
import { cardText } from './card-check.ts';
import type { FakePlace, Person } from './connector.ts';
import {
  Browser,
  codeOn,
  dataOf,
  pressOn,
  type ShownCard,
  shownBy,
  type UnfinishedOptions,
  unfinishedConnection,
  urlOn,
} from './consent-walk.ts';
import type { ProductRig } from './product-rig.ts';

/** Alex, who asks; Megan, who decides; Adele, who looks. Each test has a team of its own. */
export class ConsentTeam {
  readonly rig: ProductRig;
  readonly alex: Person;
  readonly megan: Person;
  readonly adele: Person;
  readonly general: FakePlace;
  readonly megansChat: FakePlace;

  private constructor(rig: ProductRig, people: Pick<ConsentTeam, 'alex' | 'megan' | 'adele'>) {
    this.rig = rig;
    this.alex = people.alex;
    this.megan = people.megan;
    this.adele = people.adele;
    this.megansChat = rig.teams.personalChat(this.megan);
    this.general = rig.teams.team('Mobile', [this.alex, this.megan, this.adele]).general;
  }

  static async gather(rig: ProductRig): Promise<ConsentTeam> {
    const [alex, megan, adele] = ['Alex Wilber', 'Megan Bowen', 'Adele Vance'].map((name) =>
      rig.teams.person(name),
    ) as [Person, Person, Person];
    const team = new ConsentTeam(rig, { alex, megan, adele });
    await rig.teams.install(team.megansChat, megan);
    await rig.teams.install(team.general, alex);
    await team.name('approver', megan);
    return team;
  }

  async name(role: 'approver' | 'admin' | 'publisher' | 'remove', person: Person): Promise<void> {
    const said = await this.rig.teams.say(this.alex, this.general, `roles ${role} ${person.name}`, {
      people: [person],
    });
    await this.rig.card(
      this.general,
      role === 'remove' ? `${person.name} has no role` : `${person.name} is now ${role}`,
    );
    if (said.status >= 300) throw new Error(`Roles answered ${said.status}`);
  }

  /** Alex has asked; the card stands in the channel. */
  async asked(options: UnfinishedOptions & { fields?: Record<string, string> } = {}) {
    const { rig, alex, general } = this;
    const made = await unfinishedConnection(rig, alex, general, {
      name: `Fabrikam ${Math.random().toString(36).slice(2, 8)}`,
      ...options,
    });
    const form = shownBy(await pressOn(rig, alex, made.message, made.message.card, 'consent.form'));
    const fields = { approver: 'all', capabilities: '', message: '', ...options.fields };
    await pressOn(rig, alex, made.message, form, 'consent.ask', fields);
    const base = await rig.card(general, `Consent for ${made.name}`);
    return { ...made, base, requestId: dataOf(base.card, 'consent.view').request as string };
  }

  /** What a person's own client shows in place of a message. */
  async viewOf(person: Person, message: ShownCard) {
    const request = dataOf(message.card, 'consent.view');
    return shownBy(await this.rig.teams.press(person, message, 'consent.view', request, { trigger: 'automatic' }));
  }

  /** Megan presses Review and grant. */
  async reviewed(base: ShownCard) {
    const view = await this.viewOf(this.megan, base);
    const review = shownBy(await pressOn(this.rig, this.megan, base, view, 'consent.review'));
    return { url: urlOn(review, '/consent/go/'), code: codeOn(review) };
  }

  /** With the code to Microsoft's page; not yet back. */
  async atMicrosoft(base: ShownCard, decision: 'accept' | 'cancel' | 'request' = 'accept') {
    const { url, code } = await this.reviewed(base);
    const browser = new Browser(this.rig);
    const entered = await browser.open(url, { code });
    const personId = decision === 'request' ? personIds.alex : personIds.megan;
    const { location } = await browser.atMicrosoft(entered.location ?? '', decision, personId);
    return { browser, url, code, callback: location ?? '' };
  }

  /** There and back. */
  async granted(base: ShownCard, decision: 'accept' | 'cancel' | 'request' = 'accept') {
    const went = await this.atMicrosoft(base, decision);
    return { ...went, page: await went.browser.open(went.callback) };
  }

  consentCard(name: string, words: string): Promise<ShownCard> {
    return this.rig.card(this.general, new RegExp(`Consent for ${name}[\\s\\S]*${words}`));
  }

  connectionCard(name: string, words: string): Promise<ShownCard> {
    return this.rig.card(this.general, new RegExp(`^${name}[\\s\\S]*${words}`));
  }

  /** Everything the bot said in the channel, as one text. */
  said(): string {
    return this.rig.teams
      .messages(this.general)
      .map(({ text, card }) => text ?? (card === null ? '' : cardText(card)))
      .join('\n');
  }
}
