import type { Card } from '../../cards/card.ts';
import { choiceField } from '../../cards/inputs.ts';
import { card, execute, header, text } from '../../cards/pieces.ts';
import type { CredentialChoice } from '../../connections/credential.ts';
import { choiceWords } from './credential-words.ts';

export interface CredentialChoiceCard {
  /** Strongest first. */
  choices: readonly CredentialChoice[];
  /** Apps of the operator, which need no credential. */
  managed?: readonly { id: string; name: string }[];
  /** What is missing among them and why. */
  withheld?: string | undefined;
  /** What was typed in the second step before its Back was pressed. */
  kept?: Readonly<Record<string, string>>;
  chosen?: CredentialChoice | undefined;
  /** The connection whose credential is to be replaced; without it the step leads to a new connection. */
  replaces?: { id: string; name: string };
}

/** Teams shows six buttons. */
const mostManaged = 2;

/** The first step of a new connection. */
export function credentialChoiceCard(view: CredentialChoiceCard): Card {
  const { choices, managed = [], withheld, replaces, kept = {}, chosen = choices[0] } = view;
  return card(
    [
      replaces === undefined
        ? header({ title: 'Connect to Intune', where: 'Step 1 of 2: how the app proves who it is' })
        : header({ title: `New credential for ${replaces.name}`, where: 'How the app will prove who it is' }),
      text(
        replaces === undefined
          ? 'A connection uses an app in Microsoft Entra, usually a registration of your own. Choose what it signs in with; the strongest comes first. You can change to another one later without making a new connection.'
          : 'The strongest comes first. The present one stays in use until the new one has passed its test.',
      ),
      choiceField({
        id: 'credential',
        label: 'Credential',
        required: true,
        expanded: true,
        value: chosen,
        choices: choices.map((choice) => ({
          value: choice,
          title: `${choiceWords[choice].title}: ${choiceWords[choice].when}`,
        })),
      }),
      withheld === undefined ? null : text(withheld, { subtle: true, small: true }),
    ],
    [
      replaces === undefined
        ? execute('Continue', 'connection.form', Object.keys(kept).length === 0 ? {} : { kept }, {
            style: 'positive',
            takesInputs: true,
          })
        : execute(
            'Continue',
            'connection.rotate',
            { connection: replaces.id },
            { style: 'positive', takesInputs: true },
          ),
      ...managed.slice(0, mostManaged).map(({ id, name }) => execute(`Use ${name}`, 'managed.form', { app: id })),
      replaces === undefined ? execute('I have no app registration yet', 'guide.show') : null,
      replaces === undefined
        ? execute('Cancel', 'connection.cancel')
        : execute('Cancel', 'connection.show', { connection: replaces.id }),
    ],
  );
}
