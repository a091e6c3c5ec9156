import type { Problem } from '../../problems/problem.ts';
import type { UploadTicket } from '../../publishing/upload-tickets.ts';
import { type Html, html } from './html.ts';

const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <rect width="32" height="32" rx="8" /><path d="M16 6.5 24 11v10l-8 4.5L8 21V11z M8.4 11.2 16 15.6l7.6-4.4 M16 15.6v9.6" />
</svg>`;

function page(title: string, nonce: string, body: Html, scripts: Html = html``): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} - Quartermaster</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/upload/page.css" nonce="${nonce}">
${scripts}
</head>
<body>
<header>${mark}<span>Quartermaster</span></header>
${body}
</body>
</html>
`.markup;
}

/**
 * What a link shows first. Programs that preview or scan links open them too, some of them in a real browser, so nothing
 * is used up until a person presses the button.
 */
export function doorPage(nonce: string): string {
  return page(
    'Upload a package',
    nonce,
    html`<main class="card">
<h1>Upload a package</h1>
<p>This link came from Teams. It works in one browser only: continue on the device that has the file.</p>
<form method="post">
<button class="primary" type="submit" autofocus>Continue</button>
</form>
</main>`,
  );
}

const placeName = ({ kind, name }: UploadTicket['workspace']): string =>
  name ?? { team: 'your team', groupChat: 'your group chat', personal: 'your chat with Quartermaster' }[kind];

export function uploadPage(ticket: UploadTicket, maxBytes: number, nonce: string): string {
  const expires = ticket.expiresAt.toISOString();
  return page(
    'Upload a package',
    nonce,
    html`<main class="card" id="upload" data-endpoint="/files/${ticket.id}" data-state-url="/upload/${ticket.id}/state" data-max-bytes="${maxBytes}">
<h1>Upload a package</h1>
<p class="for">For <strong>${placeName(ticket.workspace)}</strong>, asked for by <strong>${ticket.requester.name}</strong></p>

<noscript><p class="notice">This page needs JavaScript to send a file that may be interrupted.</p></noscript>

<section id="choose" hidden>
<p class="notice" id="unfinished" hidden></p>
<label class="drop" id="drop" for="file">
<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="M12 16V4m0 0L7 9m5-5 5 5M4 15v3a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-3" /></svg>
<span class="button primary">Choose a file</span>
<span class="or">or drop it here</span>
<span class="hint" id="hint">An Android app as APK</span>
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
<p>A draft appears in the chat. Compare the SHA-256 there with this one before you publish. You can close this page.</p>
<dl><dt>File</dt><dd id="done-name"></dd><dt>Size</dt><dd id="done-size"></dd><dt>SHA-256</dt><dd><code id="done-digest"></code></dd></dl>
</section>

<section id="trouble" hidden role="alert">
<h2 id="trouble-title"></h2>
<p id="trouble-text"></p>
<button type="button" id="again">Choose a file again</button>
</section>

<p class="visually-hidden" id="spoken" role="status" aria-live="polite"></p>

<ol class="steps" aria-label="What happens">
<li id="step-1">Upload the package. If the connection breaks, it goes on where it stopped.</li>
<li id="step-2">Quartermaster reads it and puts a draft into the chat.</li>
<li id="step-3">You check the draft in Teams and confirm. <strong>This page does not publish anything yet.</strong></li>
</ol>
<p class="until" id="until">This page works until <time datetime="${expires}">${expires.slice(0, 16).replace('T', ' ')} UTC</time>.</p>
</main>`,
    html`<script src="/upload/tus.js" nonce="${nonce}" defer></script>
<script src="/upload/page.js" nonce="${nonce}" defer></script>`,
  );
}

export function problemPage(problem: Problem, nonce: string): string {
  return page(
    problem.title,
    nonce,
    html`<main class="card">
<h1>${problem.title}</h1>
<p>${problem.what}</p>
<p><strong>${problem.remedy}</strong></p>
</main>`,
  );
}
