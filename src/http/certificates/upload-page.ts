import type { CertificateAsk } from '../../connections/certificate-uploads.ts';
import type { CertificateFacts } from '../../graph/certificates/certificate.ts';
import { type Html, html } from '../html.ts';

const places = { team: 'a team', groupChat: 'a group chat', personal: 'a personal chat' } as const;

/** Who asks and for which app, so that nobody gives a private key away for a stranger's connection. */
export function uploadPage(
  { connection, requesterName, homeTenantId, workspace, replaces }: CertificateAsk,
  fault: string | null,
): Html {
  return html`<h1>Upload a certificate for ${connection.name}</h1>
<p>Quartermaster signs in with it. The private key is stored encrypted and never shown again.</p>
<dl>
<dt>Asked for by</dt><dd>${requesterName}, organisation ${homeTenantId}</dd>
<dt>In</dt><dd>${workspace.name ?? places[workspace.kind]}</dd>
<dt>Tenant it reaches</dt><dd>${connection.tenantId}</dd>
<dt>Application</dt><dd>${connection.clientId}</dd>
</dl>
${replaces ? html`<p>The present credential stays in use until this one has passed its test.</p>` : html``}
${fault === null ? html`` : html`<p class="notice" role="alert">${fault}</p>`}
<form method="post" enctype="multipart/form-data">
<p><label for="file">Certificate with its private key (PEM or PFX, RSA of at least 2048 bits)</label><br>
<input id="file" name="file" type="file" accept=".pem,.pfx,.p12" required></p>
<p><label for="password">Password of the file, if it has one</label><br>
<input id="password" name="password" type="password" autocomplete="off" maxlength="500"></p>
<p><label for="code">Code from the card in Teams</label><br>
<input id="code" name="code" inputmode="numeric" autocomplete="off" pattern="[0-9 ]{6,8}" maxlength="8" required></p>
<button class="primary" type="submit">Upload</button>
</form>
<p class="until">Were you sent this link without having asked for it? Close this page and keep your file: whoever has the private key can sign in as the application.</p>`;
}

export function receivedPage({ connection, replaces, facts }: CertificateAsk & { facts: CertificateFacts }): Html {
  return html`<h1>Done, go back to Teams</h1>
<p>${
    replaces
      ? 'The certificate is stored and being tested. The present credential stays in use until it has passed.'
      : `The certificate is stored, and ${connection.name} is being tested with it.`
  } The card there changes by itself.</p>
<dl>
<dt>Thumbprint</dt><dd><code>${facts.thumbprint}</code></dd>
<dt>Subject</dt><dd>${facts.subject}</dd>
<dt>Good until</dt><dd>${facts.notAfter.slice(0, 10)}</dd>
</dl>
<p>Its public part has to stand in the app registration too, under Certificates &amp; secrets. If it does not yet, the card in Teams shows how.</p>
<p>You can close this page, and delete the file where you do not need it.</p>`;
}
