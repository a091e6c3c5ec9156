import type { SignIn, SignInSubject } from '../../sign-in/sign-in.ts';
import { type Html, html } from '../html.ts';

const places = { team: 'a team', groupChat: 'a group chat', personal: 'a personal chat' } as const;

/**
 * Before Microsoft's page: who asks, and for what. The code stands on the card in Teams, so whoever got only the link
 * does not get further.
 */
export function startPage({ signIn, subject }: { signIn: SignIn; subject: SignInSubject }, fault: string | null): Html {
  const { workspace, requester, homeTenantId, expectedTenantId } = signIn;
  const list = (items: readonly string[]) => items.reduce((all, item) => html`${all}<li>${item}</li>`, html``);
  const rights =
    subject.rights.length === 0
      ? html`<p>It learns who you are, and nothing else.</p>`
      : html`<p>In your name it may then:</p><ul>${list(subject.rights)}</ul>`;
  return html`<h1>Sign in for ${subject.connectionName}</h1>
<p>${subject.purpose}</p>
<dl>
<dt>Asked for by</dt><dd>${requester.name}, organisation ${homeTenantId}</dd>
<dt>In</dt><dd>${workspace.name ?? places[workspace.kind]}</dd>
<dt>Tenant to sign in to</dt><dd>${expectedTenantId}</dd>
<dt>Application</dt><dd>${subject.app.clientId}</dd>
</dl>
${rights}
${fault === null ? html`` : html`<p class="notice" role="alert">${fault}</p>`}
<form method="post">
<p><label for="code">Code from the card in Teams</label><br>
<input id="code" name="code" inputmode="numeric" autocomplete="off" pattern="[0-9 ]{6,8}" maxlength="8" required autofocus></p>
<button class="primary" type="submit">Continue to Microsoft</button>
</form>
<p class="until">Were you sent this link without having asked for it? Close this page: nothing happens then.</p>`;
}

export const donePage = (words: string): Html => html`<h1>Done, go back to Teams</h1>
<p>${words}</p>
<p>You can close this page.</p>`;
