import type { Card } from '../../src/cards/card.ts';
import type { CredentialChange } from '../../src/connections/credential.ts';
import type { CredentialSetup } from '../../src/connections/credential-setup.ts';
import { connectionCard, connectionsCard } from '../../src/dialogs/connection/connection-card.ts';
import { connectionFormCard } from '../../src/dialogs/connection/connection-form-card.ts';
import { credentialChoiceCard } from '../../src/dialogs/connection/credential-choice-card.ts';
import { credentialSetupCard } from '../../src/dialogs/connection/credential-setup-card.ts';
import { choicesByStrength } from '../../src/dialogs/connection/credential-words.ts';
import { confirmDeleteCard, deletedCard, moreCard, renameCard } from '../../src/dialogs/connection/life-cards.ts';
import { rotationFormCard } from '../../src/dialogs/connection/rotation-form-card.ts';
import { uploadLinkCard } from '../../src/dialogs/connection/upload-link-card.ts';
import { builtInClouds } from '../../src/graph/clouds.ts';
import { portalLink } from '../../src/graph/portal-links.ts';
import { problem } from '../../src/problems/problem.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import { now, sampleCertificate, sampleConnection } from '../fakes/samples.ts';

const cloud = builtInClouds[0]!;
const view = { cloud, portal: () => null, supportContact: 'it-help@contoso.com', now };
const own = { identities: ['quartermaster'], vaults: ['https://contoso.vault.azure.net'] };
const links = { appRegistrations: 'https://entra.microsoft.com/a', secrets: 'https://entra.microsoft.com/b' };
const certificate = { kind: 'certificate', source: 'made', certificate: sampleCertificate } as const;
const byCertificate = {
  credentialKind: 'certificate',
  credential: certificate,
  credentialExpiresAt: new Date(sampleCertificate.notAfter),
  credentialExpirySource: 'certificate',
} as const;

const cards: [string, () => Card][] = [
  ['the choice of a credential', () => credentialChoiceCard({ choices: choicesByStrength })],
  ...choicesByStrength.map((choice): [string, () => Card] => [
    `the form for ${choice}`,
    () => connectionFormCard({ clouds: builtInClouds, choice, own, links }),
  ]),
  [
    'a certificate to be uploaded',
    () =>
      credentialSetupCard({
        connection: sampleConnection(),
        setup: { kind: 'certificate', certificate: sampleCertificate },
        portal: portalLink('certificatesAndSecrets', cloud, { tenantId: 't', clientId: 'c' }),
        certificateUrl: 'https://quartermaster.example/certificates/x/y.cer',
        done: { title: 'Test connection', verb: 'connection.test' },
      }),
  ],
  [
    'a connection whose certificate Entra does not know yet',
    () =>
      connectionCard({
        ...view,
        connection: sampleConnection({
          ...byCertificate,
          status: 'notFinished',
          statusReason: 'credentialSetup',
          lastProblem: problem('certificateRefused'),
          connectedAt: null,
          grantedRoles: null,
        }),
      }),
  ],
  [
    'a connection whose certificate is still to be uploaded',
    () =>
      connectionCard({
        ...view,
        connection: sampleConnection({
          credentialKind: 'certificate',
          credential: { kind: 'certificate', source: 'uploaded', certificate: null },
          status: 'notFinished',
          statusReason: 'credentialSetup',
          lastProblem: problem('certificateAwaited'),
          connectedAt: null,
          grantedRoles: null,
        }),
      }),
  ],
  [
    'the link for a certificate',
    () => uploadLinkCard(sampleConnection(), { url: 'https://q.example/credential/x', code: '012345', expiresAt: now }),
  ],
  ['a connection with a certificate', () => connectionCard({ ...view, connection: sampleConnection(byCertificate) })],
];

const change = (more: Partial<CredentialChange>): CredentialChange => ({
  state: 'prepared',
  credentialKind: 'certificate',
  credential: certificate,
  secretId: null,
  expiresAt: new Date(sampleCertificate.notAfter),
  expirySource: 'certificate',
  problem: null,
  before: null,
  startedById: 'alex',
  startedByName: 'Alex Wilber',
  createdAt: now,
  testedAt: null,
  ...more,
});
const rotating: [string, Partial<CredentialChange>][] = [
  ['waits for Entra', {}],
  ['is being tested', { state: 'testing' }],
  ['failed its test', { state: 'failed', problem: problem('certificateRefused') }],
  ['is in use', { state: 'switched', before: { kind: 'secret', source: 'typed', hint: 'abc' } }],
];
const setups: [string, CredentialSetup][] = [
  [
    'a federated credential',
    {
      kind: 'federation',
      scenario: 'Other issuer',
      issuer: 'https://cluster.contoso.example/oidc',
      subject: 'system:serviceaccount:quartermaster:bot',
      audience: 'api://AzureADTokenExchange',
      warning: 'For this cloud Microsoft recommends another one.',
    },
  ],
  ['a managed identity', { kind: 'permission', objectId: 'o', commands: 'Connect-Entra\nNew-Entra…' }],
  ['a credential that needs nothing', { kind: 'nothing' }],
];
cards.push(
  ...setups.map(([what, setup]): [string, () => Card] => [
    `the set-up of ${what}`,
    () =>
      credentialSetupCard({
        connection: sampleConnection(),
        setup,
        portal: portalLink('certificatesAndSecrets', cloud, { tenantId: 't', clientId: 'c' }),
        certificateUrl: null,
        done: { title: 'Test connection', verb: 'connection.test' },
      }),
  ]),
  ...rotating.map(([what, more]): [string, () => Card] => [
    `a connection whose new credential ${what}`,
    () => connectionCard({ ...view, connection: sampleConnection({ change: change(more) }) }),
  ]),
  [
    'the form of a new credential',
    () =>
      rotationFormCard({
        connection: sampleConnection(),
        choice: 'secret',
        own,
        present: 'Client secret',
        secretsUrl: links.secrets,
        faults: { secret: 'Enter the client secret.' },
      }),
  ],
  [
    'the choice of a new credential',
    () => credentialChoiceCard({ choices: choicesByStrength, replaces: sampleConnection() }),
  ],
  ['more about a connection', () => moreCard(sampleConnection(), { mayShare: true })],
  ['more about a connection that is off', () => moreCard(sampleConnection({ status: 'disabled' }), { mayShare: true })],
  ['a new name', () => renameCard(sampleConnection(), '', 'Give the connection a name.')],
  ['a deletion to be confirmed', () => confirmDeleteCard(sampleConnection(), ['2 publish jobs that are not done'])],
  ['a deletion of something unused', () => confirmDeleteCard(sampleConnection(), [])],
  ['a deleted connection', () => deletedCard('Contoso production', 'Alex Wilber')],
);

describe.each(cards)('card: %s', (_name, make) => {
  it('is valid, small and within the limits of Teams', () => {
    expect(cardFaults(make())).toEqual([]);
  });

  it('looks as reviewed', () => {
    expect(make()).toMatchSnapshot();
  });
});

const machine = {
  credentialKind: 'managedIdentity',
  credential: { kind: 'managedIdentity', source: 'machine', identity: 'quartermaster' },
} as const;

it.each<[string, Parameters<typeof sampleConnection>[0], boolean, RegExp]>([
  ['an operator’s app', { mode: 'managed' }, true, /Enter a new credential|Change values/],
  ['a managed identity', machine, true, /Enter a new credential|Change values/],
  ['somebody’s own sign-in', { permissionKind: 'delegated' }, true, /Share/],
  ['a person’s own chat', {}, false, /Share/],
])('offers nothing that could only be refused: %s', (_what, connection, mayShare, refused) => {
  const list = [sampleConnection(connection)];

  const more = cardText(moreCard(list[0]!, { mayShare }));

  expect(more).not.toMatch(refused);
  expect(more).toContain('Rename');
  expect(cardText(connectionsCard({ list, page: 0, now, mayShare }))).not.toMatch(refused);
});

it('shows a borrower nothing of a new credential, and offers no set-up', () => {
  const lent = { workspaceId: 'w', workspaceName: 'Mobile', name: 'Contoso' };

  const shown = cardText(
    connectionCard({
      ...view,
      connection: sampleConnection({ ...byCertificate, lent, change: change({}), statusReason: 'credentialSetup' }),
    }),
  );

  expect(shown).not.toMatch(/New credential|Test and switch|Set up in Entra/);
});

it.each([
  ['Custom (own app registration)', {}],
  ['Managed identity', machine],
  ['Managed', { mode: 'managed' as const }],
])('calls the mode %s', (words, connection) => {
  const shown = JSON.stringify(connectionCard({ ...view, connection: sampleConnection(connection) }));

  expect(shown).toContain(`"title":"Connection mode","value":"${words}"`);
});
