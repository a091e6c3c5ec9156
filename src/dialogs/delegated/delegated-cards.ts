import type { Card, CardElement } from '../../cards/card.ts';
import { toggleField } from '../../cards/inputs.ts';
import { card, execute, facts, header, openUrl, strip, text } from '../../cards/pieces.ts';
import { exact, plain, sentence, when } from '../../cards/text.ts';
import type { StoredConnection } from '../../connections/connection.ts';
import type { UserSession } from '../../connections/user-sessions.ts';
import type { Capability } from '../../permissions/capabilities.ts';

const about = (connection: StoredConnection) => ({ connection: connection.id });

export interface AskSignIn {
  connection: StoredConnection;
  /** What may be ticked. */
  offered: readonly Capability[];
  /** What has to stand in the app registration; null when that is the operator's. */
  redirectUri: string | null;
}

/** What it means to work in a person's name, and what has to be there before. */
export function askSignInCard({ connection, offered, redirectUri }: AskSignIn): Card {
  return card(
    [
      header({ title: 'Sign in', where: connection.name }),
      text(
        'This connection works in your name, with delegated permissions. It stops when your sign-in lapses, your password changes or you leave. For publishing in the background application permissions suit better: they need nobody to be signed in.',
      ),
      {
        type: 'Input.ChoiceSet',
        id: 'capabilities',
        label: 'What it may do in your name',
        style: 'expanded',
        isMultiSelect: true,
        wrap: true,
        isRequired: true,
        errorMessage: 'Choose at least one.',
        value: 'publishApps',
        choices: offered.map(({ id, label }) => ({ title: sentence(label), value: id })),
      },
      toggleField({
        id: 'forWorkspace',
        label: 'Who may use it',
        title: 'Also for this place’s jobs',
        hint: 'Otherwise it is used for what you press yourself, and for nobody else.',
        on: false,
      }),
      ...(redirectUri === null ? [text(ofOperator, { subtle: true })] : ofRegistration(redirectUri)),
    ],
    [
      execute('Get my link', 'signin.link', about(connection), { style: 'positive', takesInputs: true }),
      redirectUri === null ? null : execute('Use application permissions', 'connection.edit', about(connection)),
      execute('Back', 'connection.show', about(connection)),
    ],
  );
}

const ofOperator =
  'The app is of this bot’s operator. Microsoft’s page asks an administrator of the tenant to agree to it for the organisation, unless one has done so.';

const ofRegistration = (redirectUri: string): CardElement[] => [
  text(
    'In Entra the app needs these as delegated permissions with admin consent, and this redirect URI under Authentication › Web:',
    { subtle: true },
  ),
  { type: 'Input.Text', id: 'redirectUri', label: 'Redirect URI, to copy', value: redirectUri },
];

export interface SignInLink {
  url: string;
  code: string;
  expiresAt: Date;
}

export function signInLinkCard(connection: StoredConnection, { url, code, expiresAt }: SignInLink): Card {
  return card(
    [
      header({ title: 'Your link', where: connection.name }),
      text('Open it in your browser, type this code there, and sign in with your own account:'),
      {
        type: 'TextBlock',
        text: `${code.slice(0, 3)} ${code.slice(3)}`,
        size: 'ExtraLarge',
        weight: 'Bolder',
        fontType: 'Monospace',
      },
      text(
        `Good once and for 15 minutes, until ${exact(expiresAt)}. Do not pass it on: whoever uses it signs in for this connection.`,
        {
          markdown: true,
          subtle: true,
        },
      ),
    ],
    [openUrl('Sign in at Microsoft', url), execute('Back to the connection', 'connection.show', about(connection))],
  );
}

export function sessionCard(
  connection: StoredConnection,
  session: UserSession | null,
  options: { isOwner: boolean; now: Date; saved?: string },
): Card {
  const { isOwner, now, saved } = options;
  if (session === null)
    return card(
      [
        header({ title: 'Nobody has signed in', where: connection.name }),
        saved === undefined ? null : text(saved),
        text('This connection works in the name of a person. Somebody who manages connections signs in once.'),
      ],
      [
        execute('Sign in', 'signin.ask', about(connection), { style: 'positive' }),
        execute('Back', 'connection.show', about(connection)),
      ],
    );
  const { owner, accountName, username, scopes, forWorkspace, state, signedInAt, refreshedAt } = session;
  return card(
    [
      header({ title: `In the name of ${accountName}`, where: connection.name }),
      state === 'lapsed' ? strip('attention', 'The sign-in has ended: sign in again') : null,
      saved === undefined ? null : text(saved),
      facts([
        ['Account', username],
        ['Signed in by', owner.name],
        ['Signed in', { markdown: when(signedInAt, now) }],
        ['Renewed', { markdown: when(refreshedAt, now) }],
        ['Permissions', scopes.map(plain).join(', ')],
        ['Used for', forWorkspace ? 'The owner’s presses and this place’s jobs' : 'The owner’s presses only'],
      ]),
      isOwner ? null : text('Only the owner decides for what it is used.', { subtle: true, small: true }),
    ],
    [
      execute('Sign in again', 'signin.ask', about(connection)),
      isOwner && !forWorkspace
        ? execute('Use for this place’s jobs too', 'signin.share', { ...about(connection), on: true })
        : null,
      isOwner && forWorkspace
        ? execute('Only for my presses', 'signin.share', { ...about(connection), on: false })
        : null,
      execute('Sign out', 'signin.out', about(connection), { style: 'destructive' }),
      execute('Back', 'connection.show', about(connection)),
    ],
  );
}

/** Left in the chat once, when a sign-in has ended by itself. */
export function lapsedCard(connection: StoredConnection, session: UserSession): Card {
  return card(
    [
      header({ title: 'Sign in again', where: connection.name }),
      strip('attention', 'This connection stopped working'),
      text(
        `It worked in the name of ${session.accountName}, and that sign-in has ended: it lapsed, a password changed, or an administrator ended it. Nothing that is in Intune changed.`,
      ),
      text(`${session.owner.name} can sign in again, or somebody else in their own name.`),
    ],
    [
      execute('Sign in', 'signin.ask', about(connection), { style: 'positive' }),
      execute('Back to the connection', 'connection.show', about(connection)),
    ],
  );
}
