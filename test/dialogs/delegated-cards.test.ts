import type { Card } from '../../src/cards/card.ts';
import type { UserSession } from '../../src/connections/user-sessions.ts';
import { connectionCard } from '../../src/dialogs/connection/connection-card.ts';
import { askSignInCard, lapsedCard, sessionCard, signInLinkCard } from '../../src/dialogs/delegated/delegated-cards.ts';
import { builtInClouds } from '../../src/graph/clouds.ts';
import { capabilities } from '../../src/permissions/capabilities.ts';
import { problem } from '../../src/problems/problem.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { now, sampleConnection } from '../fakes/samples.ts';

const connection = sampleConnection({ permissionKind: 'delegated', name: 'In my name' });
const session: UserSession = {
  connectionId: connection.id,
  owner: { objectId: 'alex', name: 'Alex Wilber', teamsId: '29:alex' },
  accountName: 'Alex Wilber',
  username: 'alex@contoso.com',
  scopes: ['DeviceManagementApps.ReadWrite.All', 'GroupMember.Read.All'],
  forWorkspace: false,
  state: 'good',
  place: {
    homeTenantId: 'home',
    conversationKind: 'personal',
    conversationId: 'a:1',
    serviceUrl: 'https://smba.example/',
  },
  signedInAt: new Date('2026-11-20T10:00:00Z'),
  refreshedAt: new Date('2026-11-21T09:00:00Z'),
};
const link = {
  url: 'https://quartermaster.example/signin/start/x',
  code: '012345',
  expiresAt: new Date('2026-11-21T10:15:00Z'),
};
const owner = { isOwner: true, now };
const view = { cloud: builtInClouds[0], portal: () => null, supportContact: 'it-help@contoso.com', now };

const cards: [string, () => Card][] = [
  [
    'asking to sign in',
    () =>
      askSignInCard({
        connection,
        offered: capabilities,
        redirectUri: 'https://quartermaster.example/signin/callback',
      }),
  ],
  [
    'asking to sign in to an app of the operator',
    () => askSignInCard({ connection, offered: capabilities.slice(0, 2), redirectUri: null }),
  ],
  ['the link and its code', () => signInLinkCard(connection, link)],
  ['nobody signed in', () => sessionCard(connection, null, owner)],
  ['signed in, for its owner', () => sessionCard(connection, session, owner)],
  ['signed in, shared', () => sessionCard(connection, { ...session, forWorkspace: true }, owner)],
  ['signed in, seen by another', () => sessionCard(connection, session, { isOwner: false, now })],
  ['ended', () => sessionCard(connection, { ...session, state: 'lapsed' }, owner)],
  ['sign in again', () => lapsedCard(connection, session)],
  [
    'the connection, waiting for a sign-in',
    () =>
      connectionCard({
        ...view,
        connection: {
          ...connection,
          status: 'notFinished',
          statusReason: 'signIn',
          lastProblem: problem('signInNeeded'),
          connectedAt: null,
        },
      }),
  ],
  ['the connection, connected', () => connectionCard({ ...view, connection })],
];

describe.each(cards)('card: %s', (_name, make) => {
  it('is valid, labelled and small enough', () => {
    expect(cardFaults(make())).toEqual([]);
  });

  it('looks as reviewed', () => {
    expect(make()).toMatchSnapshot();
  });
});

it('offers to share a sign-in to its owner alone', () => {
  const verbs = (isOwner: boolean) => JSON.stringify(sessionCard(connection, session, { isOwner, now }).actions);

  expect(verbs(true)).toContain('signin.share');
  expect(verbs(false)).not.toContain('signin.share');
});

it('says what the code is for, and that the link is not to be passed on', () => {
  expect(cardText(signInLinkCard(connection, link))).toMatch(/012 345[\s\S]*Do not pass it on/);
});
