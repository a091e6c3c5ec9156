import { type Html, html } from './html.ts';

const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <rect width="32" height="32" rx="8" /><path d="M16 6.5 24 11v10l-8 4.5L8 21V11z M8.4 11.2 16 15.6l7.6-4.4 M16 15.6v9.6" />
</svg>`;

/** The frame of every page of the bot. */
export function pageWith(title: string, nonce: string, body: Html, scripts: Html = html``): string {
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
