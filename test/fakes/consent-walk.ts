import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:https';
import { type AppRegistration, personIds, tenantIds } from '../../demo/tenants.ts';
import type { Card } from '../../src/cards/card.ts';
import { cardText } from './card-check.ts';
import type { FakeMessage, FakePlace, Person, Pressed } from './connector.ts';
import { type ProductRig, publicUrl } from './product-rig.ts';
import { waitFor } from './wait-for.ts';

export type ShownCard = FakeMessage & { card: Card };

/** A browser of our pages: it keeps cookies and follows nothing by itself. */
export class Browser {
  readonly #rig: ProductRig;
  #cookies = new Map<string, string>();

  constructor(rig: ProductRig) {
    this.#rig = rig;
  }

  async open(url: string, form?: Record<string, string>, headers: Record<string, string> = {}) {
    const path = url.replace(publicUrl, '');
    const answer = await fetch(`${this.#rig.url}${path}`, {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        ...(this.#cookies.size === 0
          ? {}
          : { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...headers,
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const [name = '', value = ''] = pair.split('=');
      this.#cookies.set(name, value);
    }
    return { status: answer.status, text: await answer.text(), location: answer.headers.get('location'), answer };
  }

  /** Microsoft's page: somebody signs in and decides; where it leads back to. */
  async atMicrosoft(
    url: string,
    decision: 'accept' | 'cancel' | 'request' | 'continue',
    personId: string = personIds.megan,
  ) {
    this.#rig.cloud.signIn(personId);
    const shown = await this.#login('GET', url);
    const ticket = /name="ticket" value="([^"]+)"/.exec(shown.text)?.[1];
    if (ticket === undefined) return { text: shown.text, location: null };
    const decided = await this.#login('POST', url, new URLSearchParams({ ticket, decision }).toString());
    return { text: decided.text, location: decided.location };
  }

  #login(method: string, url: string, body?: string): Promise<{ text: string; location: string | null }> {
    const agent = new Agent({ ca: this.#rig.cloud.caPem, keepAlive: false });
    const headers = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, agent, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () =>
          resolve({ text: Buffer.concat(parts).toString('utf8'), location: answer.headers.location ?? null }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** An app registration of Fabrikam that nobody has agreed to, of its own for each caller. */
export function unconsentedApp(
  rig: ProductRig,
  change: Partial<AppRegistration> = {},
): AppRegistration & { secret: string } {
  const model = rig.cloud.tenants.registrations.find((entry) => entry.homeTenantId === tenantIds.fabrikam);
  const tenant = rig.cloud.tenants.tenants.find(({ id }) => id === tenantIds.fabrikam);
  const principal = tenant?.servicePrincipals[0];
  if (model === undefined || tenant === undefined || principal === undefined) throw new Error('Fabrikam has no app');
  const secret = `s8Q~${randomUUID()}`;
  const app: AppRegistration = {
    ...model,
    appId: randomUUID(),
    requestedRoles: ['DeviceManagementApps.ReadWrite.All'],
    secrets: [{ keyId: randomUUID(), displayName: 'Test', value: secret, endsAt: Date.now() + 1e10 }],
    ...change,
  };
  rig.cloud.tenants.registrations.push(app);
  tenant.servicePrincipals.push({ ...principal, id: randomUUID(), appId: app.appId, enabled: true, grants: [] });
  return { ...app, secret };
}

export const servicePrincipalOf = (rig: ProductRig, app: AppRegistration) => {
  const found = rig.cloud.tenants.tenants
    .flatMap(({ servicePrincipals }) => servicePrincipals)
    .find(({ appId }) => appId === app.appId);
  if (found === undefined) throw new Error('The app has no service principal');
  return found;
};

export interface UnfinishedOptions {
  name?: string;
  app?: AppRegistration & { secret: string };
  tenant?: string;
}

/** A connection whose tenant has not agreed, made by cards. */
export async function unfinishedConnection(
  rig: ProductRig,
  person: Person,
  place: FakePlace,
  options: UnfinishedOptions = {},
): Promise<{ message: ShownCard; app: AppRegistration & { secret: string }; connectionId: string; name: string }> {
  const { name = 'Fabrikam', app = unconsentedApp(rig), tenant = app.homeTenantId } = options;
  const { message } = await rig.teams.say(person, place, 'connect');
  const form = await waitFor(() =>
    rig.teams.messages(place).find((sent) => sent.card !== null && Number(sent.id) > Number(message.id)),
  );
  await rig.teams.press(person, form, 'connection.save', {
    name,
    cloud: 'custom',
    tenant,
    authUrl: '',
    clientId: app.appId,
    secret: app.secret,
  });
  const shown = await rig.card(place, new RegExp(`${name}[\\s\\S]*! Not finished`));
  return { message: shown, app, name, connectionId: dataOf(shown.card, 'consent.form').connection as string };
}

/** The data of the action with a verb, as a client would send it. */
export function dataOf(card: Card, verb: string): Record<string, unknown> {
  let found: Record<string, unknown> | null = null;
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (node !== null && typeof node === 'object') {
      const entry = node as Record<string, unknown>;
      if (entry.type === 'Action.Execute' && entry.verb === verb) found = entry.data as Record<string, unknown>;
      Object.values(entry).forEach(walk);
    }
  };
  walk(card);
  if (found === null) throw new Error(`The card has no ${verb}:\n${cardText(card)}`);
  return found;
}

export const hasVerb = (card: Card, verb: string): boolean => JSON.stringify(card).includes(`"verb":"${verb}"`);

export function urlOn(card: Card, part: string): string {
  const url = JSON.stringify(card).match(new RegExp(`"url":"([^"]*${part}[^"]*)"`))?.[1];
  if (url === undefined) throw new Error(`The card has no link with ${part}`);
  return url;
}

export const codeOn = (card: Card): string => {
  const code = /ode: (\d{3} \d{3})/.exec(cardText(card))?.[1];
  if (code === undefined) throw new Error(`The card shows no code:\n${cardText(card)}`);
  return code;
};

export const shownBy = (pressed: Pressed): Card => {
  if (pressed.card === null) throw new Error(`No card, but: ${pressed.text ?? pressed.raw}`);
  return pressed.card;
};

/** Presses a button of a card, with what its data and the fields hold. */
export function pressOn(
  rig: ProductRig,
  person: Person,
  message: FakeMessage,
  card: Card,
  verb: string,
  fields: Record<string, unknown> = {},
): Promise<Pressed> {
  return rig.teams.press(person, message, verb, { ...dataOf(card, verb), ...fields });
}
