import type { Place } from '../../access/actor.ts';
import type { ConsentPage, ConsentReturn } from '../../consent/consent-pages.ts';
import { type Html, html } from '../html.ts';

const places = { team: 'a team', groupChat: 'a group chat', personal: 'a personal chat' } as const;
const risks = { low: 'Low risk', medium: 'Medium risk', high: 'High risk' } as const;

export interface EntryPage {
  page: ConsentPage;
  /** Where the code comes from. */
  outside: boolean;
  fault: string | null;
}

/**
 * Before Microsoft's page: who asks, for what, and where. Microsoft's page names the app only. The code came another way
 * than the link, so whoever was sent the link alone agrees to nothing for a stranger.
 */
export function entryPage({ page, outside, fault }: EntryPage): Html {
  const list = page.permissions.reduce(
    (all, { displayName, name, allows, risk, uses, leaves }) =>
      html`${all}<li><strong>${displayName}</strong> (${name}). ${risks[risk]}: an app that has it can ${allows}.
Quartermaster uses it to ${uses}. It does not ${leaves}.</li>`,
    html``,
  );
  const source = outside
    ? html`${page.requester} has the code. Ask for it on a way you trust, for example by telephone.`
    : html`It stands on the card in Teams, where you pressed Review and grant.`;
  return html`<h1>Let Quartermaster into a tenant’s Intune</h1>
<p><strong>${page.requester}</strong> asks an administrator to agree once.</p>
<dl>
<dt>Asked for by</dt><dd>${page.requester}, organisation ${page.homeTenantId}</dd>
<dt>In</dt><dd>${page.workspace.name ?? places[page.workspace.kind]}</dd>
<dt>Connection</dt><dd>${page.connectionName}</dd>
<dt>Tenant to agree for</dt><dd>${page.tenant}</dd>
<dt>Application</dt><dd>${page.app}</dd>
</dl>
${page.message === null ? html`` : html`<p>They say: “${page.message}”</p>`}
<p>Listed permissions:</p>
<ul>${list}</ul>
<p>Microsoft’s page shows what the app registration lists now. If it shows more than stands here, do not accept, and ask ${page.requester}.</p>
${fault === null ? html`` : html`<p class="notice" role="alert">${fault}</p>`}
<form method="post">
<p><label for="code">Code</label><br>
<input id="code" name="code" inputmode="numeric" autocomplete="off" pattern="[0-9 ]{6,8}" maxlength="8" required></p>
<p>${source}</p>
<button class="primary" type="submit">Continue to Microsoft</button>
</form>
<p>Sign in there as a Global Administrator or Privileged Role Administrator of the tenant above. Other administrators cannot grant permissions of this kind.</p>
<p class="until">Were you sent this link without knowing ${page.requester}? Close this page: nothing happens then.</p>`;
}

export const goneEntry: Html = html`<h1>This link is not valid any more</h1>
<p>It was used, its 15 minutes are over, or the request behind it has changed.</p>
<p><strong>Go back to Teams and press Review and grant for a new one. Whoever has only the link asks the person who sent it.</strong></p>`;

const endings: Record<ConsentReturn, { status: number; title: string; words: string; next: string }> = {
  granted: {
    status: 200,
    title: 'Microsoft says it is granted',
    words:
      'I now ask Microsoft for a fresh token to see whether it is so. That usually takes some seconds, sometimes minutes.',
    next: 'Go back to Teams: the cards there change by themselves, and the person who asked is told.',
  },
  notGranted: {
    status: 200,
    title: 'Not granted yet',
    words:
      'Microsoft’s page was left without a grant. Either it was declined, or a request was sent to the administrators of the tenant. Microsoft answers the same in both cases.',
    next: 'If you sent a request, Microsoft mails the reviewers and then you; I cannot see it. Go back to Teams: the card says what comes next.',
  },
  stopped: {
    status: 200,
    title: 'Microsoft stopped you',
    words: 'Microsoft’s page ended with an error, so nothing was granted.',
    next: 'Go back to Teams and press I was stopped: the card explains the usual reasons.',
  },
  otherTenant: {
    status: 409,
    title: 'That was another tenant',
    words: 'The answer names another tenant than the one this request is for, so it counts for nothing here.',
    next: 'Go back to Teams, press Review and grant again and sign in with an account of the right tenant.',
  },
  again: {
    status: 200,
    title: 'This was noted already',
    words: 'The answer of Microsoft’s page has arrived before. Nothing more happens.',
    next: 'Go back to Teams: the card there says how it stands.',
  },
  late: {
    status: 410,
    title: 'The link’s time is over',
    words: 'More than 15 minutes have passed, so I cannot tell who granted it. I look at Microsoft whether it was.',
    next: 'Go back to Teams: the card there says how it stands.',
  },
  over: {
    status: 410,
    title: 'The request is over or has changed',
    words:
      'Meanwhile the request was decided or changed. If you accepted at Microsoft, the grant stands there all the same and can be taken back under Enterprise apps only.',
    next: 'Go back to Teams: the card there says how it stands.',
  },
  otherBrowser: {
    status: 403,
    title: 'Go on in the browser you began in',
    words: 'The code was entered in another browser, so this answer counts for nothing here.',
    next: 'Go back to Teams. If you did accept at Microsoft, press I granted it, check.',
  },
  unknown: {
    status: 404,
    title: 'No request belongs to this answer',
    words: 'I do not know this answer, so nothing happened.',
    next: 'Go back to Teams and press Review and grant.',
  },
};

/**
 * To the message in Teams: https://learn.microsoft.com/en-us/microsoftteams/platform/concepts/build-and-test/deep-link-teams
 * Null for a chat of two, which has no such address.
 */
export function chatUrl({ conversationKind, conversationId, threadId, homeTenantId }: Place): string | null {
  if (conversationKind === 'personal' || threadId === undefined) return null;
  const message = `${encodeURIComponent(conversationId)}/${encodeURIComponent(threadId)}`;
  return `https://teams.microsoft.com/l/message/${message}?tenantId=${encodeURIComponent(homeTenantId)}`;
}

export function endPage(ending: ConsentReturn, chat: string | null): { status: number; title: string; body: Html } {
  const { status, title, words, next } = endings[ending];
  return {
    status,
    title,
    body: html`<h1>${title}</h1>
<p>${words}</p>
<p><strong>${next}</strong></p>
${chat === null ? html`` : html`<p><a href="${chat}">Open the chat in Teams</a></p>`}
<p>You can close this page.</p>`,
  };
}

export const wrongCode = (left: number): string =>
  left === 0
    ? 'That was not the code, and this was the last try. Press Review and grant again for a new one.'
    : `That is not the code. ${left === 1 ? 'One try is' : `${left} tries are`} left.`;
