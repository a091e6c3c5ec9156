import type { Card } from '../../src/cards/card.ts';
import { credentialChoiceCard } from '../../src/dialogs/connection/credential-choice-card.ts';
import { choicesByStrength } from '../../src/dialogs/connection/credential-words.ts';
import { managedForm, proveCard } from '../../src/dialogs/consent/managed-cards.ts';
import { cardFaults } from '../fakes/card-check.ts';
import { sampleConnection } from '../fakes/samples.ts';

const app = {
  id: 'main',
  name: 'Contoso Quartermaster',
  clientId: '22222222-2222-4222-8222-222222222222',
  permissions: 'application' as const,
};
const connection = sampleConnection({ mode: 'managed', status: 'notFinished', statusReason: 'proofNeeded' });
const link = { url: 'https://quartermaster.contoso.com/signin/start/x', code: '482913' };

const cards: [string, () => Card][] = [
  ['form', () => managedForm({ app })],
  [
    'form with a fault',
    () => managedForm({ app, values: { name: 'X', tenant: 'y' }, faults: { tenant: 'Use the id.' } }),
  ],
  ['form of an app that works in a person’s name', () => managedForm({ app: { ...app, permissions: 'delegated' } })],
  ['proof', () => proveCard({ connection, app, ...link, mayVouch: true })],
];

it.each(cards)('%s: valid, small, and as it was reviewed', (_name, make) => {
  const card = make();

  expect(cardFaults(card)).toEqual([]);
  expect(card).toMatchSnapshot();
});

it('keeps to six buttons, however many apps the operator has', () => {
  const managed = Array.from({ length: 9 }, (_, index) => ({ id: `app-${index}`, name: `App ${index}` }));

  expect(cardFaults(credentialChoiceCard({ choices: choicesByStrength, managed }))).toEqual([]);
});
