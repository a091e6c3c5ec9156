import type { Card, CardAction, CardElement } from '../../cards/card.ts';
import {
  actions,
  card,
  container,
  execute,
  facts,
  footer,
  header,
  notes,
  openUrl,
  strip,
  text,
} from '../../cards/pieces.ts';
import { plain, until, when } from '../../cards/text.ts';
import { type ConsentRequest, difference, tenantOf } from '../../consent/consent-request.ts';
import { mayGoToMicrosoft } from '../../consent/consent-requests.ts';
import { isOpen } from '../../consent/consent-states.ts';
import { type ListedPermission, listedPermissions } from '../../consent/listed-permissions.ts';
import type { PortalTarget } from '../../graph/portal-links.ts';
import { permissionCatalog } from '../../permissions/catalog.ts';
import { consentWords } from './consent-words.ts';

/** Whose eyes it is for. Everybody sees the same body; only the buttons differ. */
export type ConsentEyes = 'everybody' | 'approver' | 'requester';

export interface ConsentCard {
  request: ConsentRequest;
  eyes: ConsentEyes;
  portal(target: PortalTarget): { title: string; url: string } | null;
  now: Date;
  /** A sentence about what was just pressed. */
  said?: string;
}

/** https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/user-specific-views */
const mostViewers = 60;
const risks = { low: 'low risk', medium: 'medium risk', high: 'high risk' } as const;

export function consentCard({ request, eyes, portal, now, said }: ConsentCard): Card {
  const words = consentWords(request);
  const open = isOpen(request.state);
  const made = card(
    [
      header({
        title: `Consent for ${request.connectionName}`,
        where: `Tenant ${tenantOf(request)}`,
        badge: { text: words.badge, tone: words.tone },
      }),
      strip(words.tone, words.sentence),
      said === undefined ? null : text(said),
      ...words.more.map((sentence) => text(sentence)),
      request.message === null || !open
        ? null
        : text(`**${plain(request.requester.name)} says:** ${plain(request.message)}`, { markdown: true }),
      ...(open ? listed(request) : granted(request)),
      actions(places(request, portal)),
      who(request, now),
      footer(plain(addressed(request))),
    ],
    open ? buttons(request, eyes) : after(request),
  );
  return open ? { ...made, refresh: refresh(request) } : made;
}

/** Clients of these people ask for their own view by themselves; the button does the same for everybody else. */
function refresh({ id, approvers, requester }: ConsentRequest): NonNullable<Card['refresh']> {
  const viewers = [requester.teamsId, ...approvers.flatMap(({ teamsId }) => (teamsId === null ? [] : [teamsId]))];
  return {
    action: execute('Show mine', 'consent.view', { request: id }),
    userIds: [...new Set(viewers)].slice(0, mostViewers),
  };
}

function listed(request: ConsentRequest): CardElement[] {
  const permissions = listedPermissions(request.capabilities).filter(({ name }) => request.permissions.includes(name));
  return [
    text('What the app would be allowed', { bold: true }),
    ...permissions.map(permission),
    text(
      'Microsoft’s page grants what the app registration lists at that moment. What differs from this list is shown here afterwards.',
      { subtle: true, small: true },
    ),
  ];
}

function permission({ name, displayName, allows, risk, uses, leaves }: ListedPermission): CardElement {
  return container([
    text(`${displayName} (${risks[risk]})`, { bold: true }),
    text(name, { subtle: true, small: true, spacing: 'None' }),
    text(`An app that has it can ${allows}. I use it to ${uses}. I do not ${leaves}.`, { spacing: 'Small' }),
  ]);
}

function granted(request: ConsentRequest): CardElement[] {
  if (request.state !== 'granted') return [];
  const { missing, further } = difference(request);
  const named = (name: string) => {
    const known = permissionCatalog.get(name);
    return known === undefined ? name : `${name}: this app can ${known.allows}`;
  };
  const differing = notes([
    ...missing.map((name) => `Listed, but not granted: ${name}. The app registration may not list it.`),
    ...further.map((name) => `Granted, but not listed: ${named(name)}. Publishing does not need it.`),
  ]);
  const same = text('Exactly what was listed has been granted.', { subtle: true });
  return [differing ?? same];
}

/** Links into Microsoft's portals where something is done there. */
function places(request: ConsentRequest, portal: ConsentCard['portal']): (CardAction | null)[] {
  const link = (target: PortalTarget, title: string) => {
    const place = portal(target);
    return place === null ? null : openUrl(title, place.url);
  };
  switch (request.state) {
    case 'withMicrosoft':
      return [
        link('adminConsentRequests', 'Requests in Entra'),
        link('adminConsentSettings', 'Where requests are switched on'),
      ];
    case 'blocked':
    case 'denied':
      return [link('enterpriseApps', 'Enterprise apps')];
    default:
      return [];
  }
}

function who(request: ConsentRequest, now: Date): CardElement | null {
  const open = isOpen(request.state);
  return facts([
    ['Asked by', request.requester.name],
    ['Application', request.clientId],
    ['Asked', { markdown: when(request.createdAt, now) }],
    ['Expires', open && request.state !== 'granting' ? { markdown: until(request.expiresAt, now) } : null],
    ['Ended', open ? null : { markdown: when(request.stateSince, now) }],
  ]);
}

function addressed({ approvers, approversAre, state }: ConsentRequest): string {
  if (approvers.length === 0) return 'Nobody here can decide on it besides the person who asked.';
  const names = approvers.map(({ name }) => name).join(', ');
  const unreached = approvers.filter(({ chat }) => chat === null).map(({ name }) => name);
  return [
    approversAre === 'approvers'
      ? `Asked: ${names}.`
      : `Asked: ${names}, as admins here; nobody else is named an approver.`,
    unreached.length === 0 || !isOpen(state) ? '' : `No chat with me yet: ${unreached.join(', ')}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function buttons(request: ConsentRequest, eyes: ConsentEyes): (CardAction | null)[] {
  const press = { request: request.id, revision: request.revision };
  const check = execute('Check now', 'consent.check', press);
  const goes = mayGoToMicrosoft(request);
  if (eyes === 'everybody') return [execute('Review', 'consent.view', press)];
  if (request.state === 'granting') return [check];
  const other = execute('Someone else', 'consent.someoneElse', press);
  if (eyes === 'requester') return [check, other, execute('Withdraw', 'consent.withdraw', press)];
  return [
    goes ? execute('Review and grant', 'consent.review', press, { style: 'positive' }) : null,
    execute('Ask', 'consent.questionForm', press),
    other,
    check,
    execute('Deny', 'consent.denyForm', press, { style: 'destructive' }),
  ];
}

function after(request: ConsentRequest): CardAction[] {
  if (request.state === 'granted')
    return [
      execute('Publish', 'publish.start', { connection: request.connectionId }),
      execute('Connection', 'connection.show', { connection: request.connectionId }),
    ];
  return [execute('Ask again', 'consent.form', { connection: request.connectionId })];
}
