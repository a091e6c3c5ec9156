import type { Problem } from '../../problems/problem.ts';
import type { UploadTicket } from '../../publishing/upload-tickets.ts';
import { html } from '../html.ts';
import { pageWith } from '../page.ts';

/**
 * What a link shows first. Programs that preview or scan links open them too, some of them in a real browser, so nothing
 * is used up until a person presses the button.
 */
export function doorPage({ wanted }: Pick<UploadTicket, 'wanted'>, nonce: string): string {
  const { title } = wordsFor(wanted);
  return pageWith(
    title,
    nonce,
    html`<main class="card">
<h1>${title}</h1>
<p>This link came from Teams. It works in one browser only: continue on the device that has the file.</p>
<form method="post">
<button class="primary" type="submit" autofocus>Continue</button>
</form>
</main>`,
  );
}

const placeName = ({ kind, name }: UploadTicket['workspace']): string =>
  name ?? { team: 'your team', groupChat: 'your group chat', personal: 'your chat with Quartermaster' }[kind];

interface Words {
  title: string;
  hint: string;
  done: string;
  steps: [string, string, string];
  /** What does not happen here. */
  notYet: string;
}

const packageWords: Words = {
  title: 'Upload a package',
  hint: 'APK, IPA, MSI, EXE, intunewin, MSIX or AppX, PKG, DMG, or a zipped folder with its setup program',
  done: 'A draft appears in the chat. Compare the SHA-256 there with this one before you publish. You can close this page.',
  steps: [
    'Upload the package. If the connection breaks, it goes on where it stopped.',
    'Quartermaster reads it and puts a draft into the chat.',
    'You check the draft in Teams and confirm.',
  ],
  notYet: 'This page does not publish anything yet.',
};

const iconWords: Words = {
  title: 'Upload an icon',
  hint: 'PNG or JPEG; 256 × 256 points are plenty',
  done: 'A card with the picture appears in the chat. You can close this page.',
  steps: [
    'Upload the picture.',
    'Quartermaster looks whether Intune takes it and puts a card into the chat.',
    'You look at the card in Teams and use the picture.',
  ],
  notYet: 'This page does not change anything yet.',
};

const wordsFor = (wanted: UploadTicket['wanted']): Words => (wanted === null ? packageWords : iconWords);

export function uploadPage(ticket: UploadTicket, maxBytes: number, nonce: string): string {
  const words = wordsFor(ticket.wanted);
  const purpose =
    ticket.wanted === null ? html`` : html`<p class="for">Icon of <strong>${ticket.wanted.name}</strong></p>`;
  const expires = ticket.expiresAt.toISOString();
  return pageWith(
    words.title,
    nonce,
    html`<main class="card" id="upload" data-endpoint="/files/${ticket.id}" data-state-url="/upload/${ticket.id}/state" data-max-bytes="${maxBytes}">
<h1>${words.title}</h1>
${purpose}
<p class="for">For <strong>${placeName(ticket.workspace)}</strong>, asked for by <strong>${ticket.requester.name}</strong></p>

<noscript><p class="notice">This page needs JavaScript to send a file that may be interrupted.</p></noscript>

<section id="choose" hidden>
<p class="notice" id="unfinished" hidden></p>
<label class="drop" id="drop" for="file">
<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M12 16V4m0 0L7 9m5-5 5 5M4 15v3a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-3" /></svg>
<span class="button primary">Choose a file</span>
<span class="or">or drop it here</span>
<span class="hint" id="hint">${words.hint}</span>
</label>
<input class="visually-hidden" type="file" id="file" aria-describedby="hint">
</section>

<section id="sending" hidden aria-labelledby="sending-name">
<h2 id="sending-name"></h2>
<div class="bar" id="bar" role="progressbar" aria-labelledby="sending-name" aria-valuemin="0" aria-valuemax="100" aria-valuenow="0"><div id="fill"></div></div>
<p class="figures"><span id="percent">0 %</span><span id="bytes"></span></p>
<p class="pace" id="pace"></p>
<div class="buttons"><button type="button" id="pause">Pause</button><button type="button" id="cancel">Cancel</button></div>
</section>

<section id="done" hidden>
<h2 id="done-title" tabindex="-1"><svg class="tick" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="m5 12.5 4.5 4.5L19 7.5" /></svg>Done, go back to Teams</h2>
<p>${words.done}</p>
<dl><dt>File</dt><dd id="done-name"></dd><dt>Size</dt><dd id="done-size"></dd><dt>SHA-256</dt><dd><code id="done-digest"></code></dd></dl>
</section>

<section id="trouble" hidden role="alert">
<h2 id="trouble-title"></h2>
<p id="trouble-text"></p>
<button type="button" id="again">Choose a file again</button>
</section>

<p class="visually-hidden" id="spoken" role="status" aria-live="polite"></p>

<ol class="steps" aria-label="What happens">
<li id="step-1">${words.steps[0]}</li>
<li id="step-2">${words.steps[1]}</li>
<li id="step-3">${words.steps[2]} <strong>${words.notYet}</strong></li>
</ol>
<p class="until" id="until">This page works until <time datetime="${expires}">${expires.slice(0, 16).replace('T', ' ')} UTC</time>.</p>
</main>`,
    html`<script src="/upload/tus.js" nonce="${nonce}" defer></script>
<script src="/upload/page.js" nonce="${nonce}" defer></script>`,
  );
}

export function problemPage(problem: Problem, nonce: string): string {
  return pageWith(
    problem.title,
    nonce,
    html`<main class="card">
<h1>${problem.title}</h1>
<p>${problem.what}</p>
<p><strong>${problem.remedy}</strong></p>
</main>`,
  );
}
