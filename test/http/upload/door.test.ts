import { startUploadSite, type UploadSite } from './upload-site.ts';

let site: UploadSite;
beforeAll(async () => {
  site = await startUploadSite({ requesterName: 'Alex <b>"Wilber"</b>', workspaceName: "Mobile & 'Web'" });
});
afterAll(() => site.close());

const post = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', redirect: 'manual', headers });

describe('the link from Teams', () => {
  it.each(['GET', 'HEAD'])('is not used up by %s, as previews and scanners do', async (method) => {
    const { url } = await site.issue();

    for (let time = 0; time < 3; time++) {
      const looked = await fetch(url, { method, headers: { 'user-agent': 'SkypeUriPreview Preview/0.5' } });
      expect(looked.status).toBe(200);
      expect(looked.headers.getSetCookie()).toEqual([]);
    }

    expect((await post(url)).status).toBe(303);
  });

  it('sends nothing by itself: the door page has a button and no script', async () => {
    const { url } = await site.issue();

    const page = await (await fetch(url)).text();

    expect(page).toContain('<form method="post">');
    expect(page).not.toContain('<script');
    expect(page).not.toContain('Wilber');
  });

  it('is exchanged for a cookie that only its own pages get', async () => {
    const { id, url, token } = await site.issue();

    const answer = await post(url);

    expect(answer.headers.get('location')).toBe(`/upload/${id}`);
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const [index, path] of ['/upload', '/files'].entries())
      expect(cookies[index]).toMatch(
        new RegExp(`^qm_upload=[A-Za-z0-9_-]{43}; Path=${path}/${id}; Max-Age=\\d+; HttpOnly; SameSite=Strict$`),
      );
    expect(cookies.join()).not.toContain(token);
  });

  it('tells a second browser that it was already opened in another one', async () => {
    const { url } = await site.issue();
    await post(url);

    const second = await post(url);
    const page = await fetch(new URL(second.headers.get('location')!, site.url));

    expect(second.headers.getSetCookie()).toEqual([]);
    expect(page.status).toBe(403);
    expect(await page.text()).toContain('already opened in another browser');
  });

  it('leads the first browser back to its page', async () => {
    const { ticketId, cookie, token } = await site.open();

    const again = await post(`${site.url}/u/${token}`);
    const page = await fetch(new URL(again.headers.get('location')!, site.url), { headers: { cookie } });

    expect(again.headers.get('location')).toBe(`/upload/${ticketId}`);
    expect(page.status).toBe(200);
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of this site', { 'sec-fetch-site': 'same-site', origin: 'https://other.example' }],
  ])('cannot be used by a page of %s', async (_what, headers) => {
    const { url } = await site.issue();

    const answer = await post(url, headers);

    expect(answer.status).toBe(403);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect((await post(url)).status).toBe(303);
  });

  it('can be used by its own page, whose origin browsers hide because it sends no referrer', async () => {
    const { url } = await site.issue();

    expect((await post(url, { origin: 'null', 'sec-fetch-site': 'same-origin' })).status).toBe(303);
  });

  it.each(['GET', 'POST'])('is explained when nothing belongs to it (%s)', async (method) => {
    const answer = await fetch(`${site.url}/u/${'A'.repeat(43)}`, { method, redirect: 'manual' });

    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('type publish there');
  });

  it('is explained when it has expired', async () => {
    const { url } = await site.issue();
    const { ticketId, cookie } = await site.open();
    site.passMinutes(60);

    const looked = await fetch(url);
    const page = await fetch(`${site.url}/upload/${ticketId}`, { headers: { cookie } });

    expect([looked.status, page.status]).toEqual([410, 410]);
    expect(await looked.text()).toContain('This link has expired');
    expect((await post(url)).status).toBe(410);
  });
});

describe('the upload page', () => {
  it('says who it is for, what happens next and how long it works, in plain characters', async () => {
    const { ticketId, cookie } = await site.open();

    const page = await (await fetch(`${site.url}/upload/${ticketId}`, { headers: { cookie } })).text();

    expect(page).toContain('Mobile &amp; &#39;Web&#39;');
    expect(page).toContain('Alex &lt;b&gt;&quot;Wilber&quot;&lt;/b&gt;');
    expect(page).toContain('This page does not publish anything yet.');
    expect(page).toMatch(/works until <time datetime="2\d{3}-/);
  });

  it.each(['door', 'page', 'refusal'])('keeps strangers, caches and referrers out (%s)', async (which) => {
    const { url } = await site.issue();
    const { ticketId, cookie } = await site.open();
    const address = { door: url, page: `${site.url}/upload/${ticketId}`, refusal: `${site.url}/u/unknown` }[which]!;

    const answer = await fetch(address, { headers: { cookie } });

    const policy = answer.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([^']+)'(;|$)/.exec(policy)?.[1];
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    for (const rule of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"])
      expect(policy).toContain(rule);
    expect(policy).not.toMatch(/unsafe-|\*|https?:/);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');

    const page = await answer.text();
    for (const [tag] of page.matchAll(/<(script|link rel="stylesheet"|style)[^>]*>/g))
      expect(tag).toContain(`nonce="${nonce}"`);
    for (const [, content] of page.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)) expect(content).toBe('');
    expect(page).not.toMatch(/\s(on\w+|style)=/);
    for (const [, address] of page.matchAll(/(?:src|href|action)="([^"]*)"/g))
      expect(address).toMatch(/^(\/upload\/|data:,$)/);
  });

  it('has another nonce each time', async () => {
    const { url } = await site.issue();
    const policies = await Promise.all([fetch(url), fetch(url)]);

    expect(policies[0]!.headers.get('content-security-policy')).not.toBe(
      policies[1]!.headers.get('content-security-policy'),
    );
  });

  it.each([
    ['/upload/page.css', 'text/css', '.card'],
    ['/upload/page.js', 'text/javascript', 'tus.Upload'],
    ['/upload/tus.js', 'text/javascript', 'Upload-Offset'],
  ])('loads %s from this server', async (path, type, part) => {
    const answer = await fetch(site.url + path);

    expect(answer.headers.get('content-type')).toContain(type);
    expect(await answer.text()).toContain(part);
    const again = await fetch(site.url + path, { headers: { 'if-none-match': answer.headers.get('etag')! } });
    expect(again.status).toBe(304);
  });

  it.each([
    ['no cookie', () => ''],
    ['a made-up cookie', () => `qm_upload=${'A'.repeat(43)}`],
    ['the cookie of another ticket', (other: string) => other],
  ])('opens for nobody with %s', async (_what, cookieOf) => {
    const { ticketId } = await site.open();
    const other = await site.open();

    for (const path of ['', '/state']) {
      const answer = await fetch(`${site.url}/upload/${ticketId}${path}`, {
        headers: { cookie: cookieOf(other.cookie) },
      });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('already opened in another browser');
    }
  });

  it('leaves no token in the log', async () => {
    const { token, cookie } = await site.open();
    await fetch(`${site.url}/u/${token}`);

    expect(site.logged()).not.toContain(token);
    expect(site.logged()).not.toContain(cookie.split('=')[1]);
  });
});
