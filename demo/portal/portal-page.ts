import { X509Certificate } from 'node:crypto';
import { faultNames } from '../faults.ts';
import { approvalStatus } from '../graph/intune-tenant.ts';
import { type Html, html, page } from '../page.ts';
import type { AppRegistration, Tenant } from '../tenants.ts';
import type { PortalOptions } from './portal-service.ts';

const none: Html = html``;
const bytes = (size: number) =>
  size === 0 ? '–' : size < 1_000_000 ? `${(size / 1_000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
const when = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** One button that posts fixed fields. */
const press = (action: string, fields: Record<string, string>, label: string): Html =>
  html`<form class="row" method="post" action="/${action}">${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button>${label}</button></form>`;

export function portalPage(options: PortalOptions): string {
  const { directory, chatUrl } = options;
  const packages = Object.keys(options.packages);
  return page(
    'Local cloud',
    html`<h1>Local cloud</h1>
    <p>This page plays Microsoft’s side of the demo: Entra, Intune and storage. Everything here is made up, lives on this machine and is gone when the demo ends.
    ${chatUrl === undefined ? none : html`The chat is at <a href="${chatUrl}">${chatUrl}</a>.`} <a href="/">Refresh this page</a> to see what changed.</p>
    ${packages.map((name) => html`<p>A package to publish: <code>${options.urls.portal}/packages/${name}</code></p>`)}
    ${waiting(options)}
    <h2>What Intune holds</h2>
    ${directory.data.tenants.map((tenant) => apps(options, tenant))}
    <h2>Values for the connect form</h2>
    <p class="soft">Made when the demo started. The secret’s id is there because people paste it by mistake: try it.</p>
    ${directory.data.registrations.map((registration) => credentials(options, registration))}
    ${people(options)}
    ${faults(options)}`,
  );
}

function waiting({ clock, consent, directory, intune, signedIn }: PortalOptions): Html {
  const asked = consent.requests.map(
    ({
      ask,
      by,
    }) => html`<li>${by.displayName} asks to let <strong>${ask.registration.displayName}</strong> into ${ask.tenant.displayName}.
      ${press('consent', { id: ask.id, decision: 'approve' }, 'Approve')} ${press('consent', { id: ask.id, decision: 'deny' }, 'Deny')}</li>`,
  );
  const changes = directory.data.tenants.flatMap((tenant) =>
    (intune.get(tenant.id)?.approvals ?? [])
      .filter((request) => approvalStatus(request, clock.now()) === 'needsApproval')
      .map(
        (
          request,
        ) => html`<li>In ${tenant.displayName}: <code>${request.call.method} ${request.call.path}</code>, because: “${request.justification}”.
        <form class="row" method="post" action="/approvals"><input type="hidden" name="tenant" value="${tenant.id}"><input type="hidden" name="id" value="${request.id}">
        <label for="answer-${request.id}">Why</label><input id="answer-${request.id}" name="answer" maxlength="500">
        <button name="decision" value="approve">Approve</button><button name="decision" value="reject">Reject</button><button name="decision" value="expire">Let it expire</button></form></li>`,
      ),
  );
  if (asked.length + changes.length === 0) return none;
  return html`<section class="panel" aria-label="Waiting for an administrator"><h2>Waiting for an administrator</h2>
    <p class="soft">You answer as ${signedIn().displayName}.</p><ul>${asked}${changes}</ul></section>`;
}

function apps({ state }: PortalOptions, tenant: Tenant): Html {
  if (!tenant.hasIntune) return html`<h3>${tenant.displayName}</h3><p>This tenant has no Intune.</p>`;
  const held = state.apps(tenant.id);
  if (held.length === 0) return html`<h3>${tenant.displayName}</h3><p>No apps yet.</p>`;
  const rows = held.slice(-200).reverse();
  return html`<h3>${tenant.displayName}: ${held.length} ${held.length === 1 ? 'app' : 'apps'}</h3>
    <div class="scroll"><table><thead><tr><th scope="col">App</th><th scope="col">Type</th><th scope="col">Version</th><th scope="col">State</th><th scope="col">Size</th><th scope="col">Assigned to</th><th scope="col">Content</th></tr></thead>
    <tbody>${rows.map(
      // The anchor is what links to Intune's own portal end with.
      (
        app,
      ) => html`<tr id="view/Microsoft_Intune_Apps/SettingsMenu/~/0/appId/${app.id}"><th scope="row">${app.displayName}</th><td>${app.type}</td><td>${app.version ?? '–'}</td><td>${app.publishingState}</td><td>${bytes(app.size)}</td><td>${app.receivers.join(', ') || '–'}</td>
      <td>${app.content === null ? 'not uploaded in this demo' : html`${app.content.verified ? '✓ decrypted, digest and MAC right' : '✗ does not fit its keys'} <code>${app.content.plainSha256.slice(0, 12)}</code>`}</td></tr>`,
    )}</tbody></table></div>`;
}

function credentials({ directory, clock, urls }: PortalOptions, registration: AppRegistration): Html {
  const tenant = directory.tenant(registration.homeTenantId);
  const principal = tenant && directory.servicePrincipal(tenant, registration.appId);
  const roles = principal?.grants.map((grant) => grant.role) ?? [];
  const anchors = ['Overview', 'Credentials', 'CallAnAPI', 'Authentication'].map(
    (blade) =>
      html`<span id="view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/${blade}/appId/${registration.appId}"></span>`,
  );
  return html`<section class="panel">${anchors}<h3>${registration.displayName} in ${tenant?.displayName}${principal?.enabled === false ? ' (disabled)' : ''}</h3>
    <dl><dt>Tenant id</dt><dd><code>${registration.homeTenantId}</code></dd>
    <dt>Client id</dt><dd><code>${registration.appId}</code></dd>
    ${registration.secrets.map((secret) => {
      const isOver = secret.endsAt <= clock.now();
      return html`<dt>Secret “${secret.displayName}”</dt><dd><code>${secret.value}</code><br><span class="soft">${isOver ? 'expired' : 'good until'} ${when(secret.endsAt)}; its id, which is not the secret: <code>${secret.keyId}</code></span></dd>`;
    })}
    <dt>Auth URL</dt><dd><code>${urls.login}/${registration.homeTenantId}/oauth2/v2.0/token</code></dd>
    <dt>Granted</dt><dd>${roles.length === 0 ? 'nothing: no administrator has agreed' : roles.join(', ')}</dd></dl>
    <p>${press('grants', { tenant: registration.homeTenantId, app: registration.appId, decision: roles.length === 0 ? 'grant' : 'revoke' }, roles.length === 0 ? 'Grant as administrator' : 'Take consent away')}
    ${press('secrets', { app: registration.appId, decision: 'expire' }, 'Let its secrets expire')} ${press('secrets', { app: registration.appId, decision: 'new' }, 'Make a new secret')}</p>
    <details><summary>Certificates (${registration.certificates.length}) and federated credentials (${registration.federatedCredentials.length})</summary>
    ${registration.certificates.map((pem) => html`<p>Thumbprint <code>${new X509Certificate(pem).fingerprint.replaceAll(':', '')}</code></p>`)}
    <form class="row" method="post" action="/certificates" enctype="multipart/form-data"><input type="hidden" name="app" value="${registration.appId}">
    <label>Certificate (.cer) <input type="file" name="file" accept=".cer,.pem,.crt" required></label> <button>Upload certificate</button></form>
    ${registration.federatedCredentials.map(({ issuer, subject }) => html`<p>Trusts <code>${subject}</code> of <code>${issuer}</code></p>`)}
    <form class="row" method="post" action="/federation"><input type="hidden" name="app" value="${registration.appId}">
    <label>Issuer <input name="issuer" required></label> <label>Subject <input name="subject" required></label> <label>Audience <input name="audience" required value="api://AzureADTokenExchange"></label> <button>Add credential</button></form></details></section>`;
}

function people({ directory, signedIn }: PortalOptions): Html {
  const current = signedIn();
  return html`<h2>People</h2><p>Signed in to Microsoft’s pages, such as the one for consent: <strong>${current.displayName}</strong>, ${current.jobTitle}.</p>
    <form class="row" method="post" action="/people"><label for="person">Act as</label>
    <select id="person" name="id">${directory.data.people.map((person) => (person.id === current.id ? html`<option value="${person.id}" selected>${person.displayName}, ${person.jobTitle}</option>` : html`<option value="${person.id}">${person.displayName}, ${person.jobTitle}</option>`))}</select>
    <button>Sign in</button> <button name="decision" value="revoke">End their sessions</button></form>
    <p class="soft">Only Megan Bowen, a Global Administrator, may grant what Intune needs; Alex Wilber is an Intune Administrator. Links to Microsoft’s pages for consent and sign-in work here too, without a warning of the browser: put <code>/login</code> between this page’s address and the tenant.</p>`;
}

function faults({ faults: switches }: PortalOptions): Html {
  const on = new Map(switches.list().map(({ name, times }) => [name as string, times]));
  const items = Object.entries(faultNames).map(([name, what]) => {
    const times = on.get(name);
    const shown = times === undefined ? 'off' : times === null ? 'on' : `on, ${times} more`;
    const buttons =
      times === undefined
        ? html`<button name="times" value="1">Once</button><button>Until switched off</button>`
        : html`<button name="switch" value="off">Switch off</button>`;
    return html`<li><p>${what}: <strong>${shown}</strong></p><form class="row" method="post" action="/faults" aria-label="${what}"><input type="hidden" name="name" value="${name}">${buttons}</form></li>`;
  });
  return html`<h2>Faults</h2><p>What goes wrong at Microsoft now and then. A fault that is on for a number of times switches itself off.</p><ul class="switches">${items}</ul>`;
}
