import { appIds, directoryRoles, personIds, tenantIds } from '../../../demo/tenants.ts';
import type { Browser, Page } from '../../fakes/browser.ts';
import { problemOf } from '../../fakes/problem-of.ts';
import { publicUrl, type SignInSite, startSignInSite } from './sign-in-site.ts';

let site: SignInSite;
beforeAll(async () => {
  site = await startSignInSite();
});
beforeEach(() => {
  site.reset();
  site.cloud.signIn(personIds.alex);
});
afterAll(() => site.close());

const registration = () => site.cloud.tenants.registrations.find(({ appId }) => appId === appIds.contosoSignIn)!;
const principal = () =>
  site.cloud.tenants.tenants
    .find(({ id }) => id === tenantIds.contoso)!
    .servicePrincipals.find(({ appId }) => appId === appIds.contosoSignIn)!;

const toMicrosoft = async (browser: Browser, { url, code }: { url: string; code: string }) =>
  browser.submit(await browser.open(url), { code });

/** The whole way, with the press on Microsoft's page. */
const signInWith = async (browser: Browser, link: { url: string; code: string }, decision = 'continue') =>
  browser.submit(await toMicrosoft(browser, link), { decision });

const callbackOf = (browser: Browser) =>
  browser.visited.filter((url) => url.includes('/signin/callback?')).at(-1) ?? '';

describe('a sign-in', () => {
  it('ends with who signed in, verified, and with what renews their token', async () => {
    const browser = site.browser();

    const done = await signInWith(browser, await site.issue());

    expect(done.status).toBe(200);
    expect(done.text).toContain('Signed in as Alex Wilber.');
    const [accepted] = site.accepted;
    expect(accepted?.person).toEqual({
      tenantId: tenantIds.contoso,
      objectId: personIds.alex,
      name: 'Alex Wilber',
      username: 'alex@contoso.example',
      directoryRoles: [directoryRoles.intuneAdministrator],
    });
    expect(accepted?.cache).toContain('RefreshToken');
  });

  it('names who asks, for what and with which rights before Microsoft’s page, as plain text', async () => {
    const { url } = await site.issue({ requester: { objectId: 'x', name: 'Alex <i>', teamsId: '29:a' } });

    const page = await site.browser().open(url);

    for (const words of [
      'Alex &lt;i&gt;',
      'Mobile &lt;b&gt;',
      tenantIds.contoso,
      appIds.contosoSignIn,
      'add and change apps',
    ])
      expect(page.text).toContain(words);
    expect(page.text).not.toContain('<script');
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('goes to Microsoft with PKCE, a nonce and a state, and asks which account', async () => {
    const browser = site.browser();

    const page = await toMicrosoft(browser, await site.issue());

    const asked = new URL(page.url).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    expect(asked.get('nonce')).toMatch(/^[\w-]{43}$/);
    expect(asked.get('state')).toMatch(/^[\w-]{43}$/);
    expect(asked.get('prompt')).toBe('select_account');
    expect(asked.get('scope')).toContain(`${site.cloud.graphUrl}/DeviceManagementApps.ReadWrite.All`);
  });

  it('says whether the directory roles of the person are known', async () => {
    registration().tellsDirectoryRoles = false;

    await signInWith(site.browser(), await site.issue());

    registration().tellsDirectoryRoles = true;
    expect(site.accepted[0]?.person.directoryRoles).toBeNull();
  });

  it('keeps no token, code, state or session in the store or in the log', async () => {
    const browser = site.browser();
    const link = await site.issue();
    await signInWith(browser, link);
    const returned = new URL(callbackOf(browser)).searchParams;

    const kept = (await site.stored()) + site.logged();

    const secrets = [link.url.split('/').at(-1), returned.get('code'), returned.get('state')];
    for (const secret of secrets) expect(kept).not.toContain(secret);
    expect(kept).not.toContain(link.code);
  });
});

describe('a link', () => {
  it.each(['GET', 'HEAD'])('is not used up by %s, as previews and scanners do', async (method) => {
    const link = await site.issue();
    const scanner = site.browser();

    for (let time = 0; time < 3; time += 1) expect((await scanner.peek(link.url, method)).status).toBe(200);

    expect((await signInWith(site.browser(), link)).status).toBe(200);
  });

  it('leads nowhere without the code of the card', async () => {
    const link = await site.issue();
    const browser = site.browser();

    const page = await toMicrosoft(browser, { ...link, code: link.code === '000000' ? '000001' : '000000' });

    expect(page.url).toBe(link.url);
    expect(page.status).toBe(400);
    expect(page.text).toContain('Type the six digits that stand on the card in Teams.');
    expect(browser.cookies).toEqual([]);
  });

  it('takes the code with a space in it', async () => {
    const link = await site.issue();

    const done = await signInWith(site.browser(), { ...link, code: `${link.code.slice(0, 3)} ${link.code.slice(3)}` });

    expect(done.status).toBe(200);
  });

  it('is closed after five wrong codes, for the right one too, also when they come at once', async () => {
    const { url, code } = await site.issue();
    const token = url.split('/').at(-1) ?? '';

    const guesses = await Promise.all(Array.from({ length: 40 }, () => problemOf(site.signIns.start(token, 'guess'))));
    const closed = await toMicrosoft(site.browser(), { url, code });

    expect(guesses.filter((problem) => problem.code === 'signInCodeWrong')).toHaveLength(5);
    expect(closed.status).toBe(410);
    expect(closed.text).toContain('Too many wrong codes');
  });

  it('may be opened again with the right code, however often', async () => {
    const link = await site.issue();
    const browser = site.browser();
    for (let time = 0; time < 6; time += 1) await toMicrosoft(browser, link);

    expect((await signInWith(browser, link)).status).toBe(200);
  });

  it('is over after 15 minutes', async () => {
    const link = await site.issue();
    site.passMinutes(16);

    const page = await site.browser().open(link.url);

    expect(page.status).toBe(410);
    expect(page.text).toContain('expired');
  });

  it('says so when the connection was changed meanwhile', async () => {
    const link = await site.issue();
    site.changeConnection();

    const page = await site.browser().open(link.url);

    expect(page.text).toContain('The connection was changed');
  });

  it('takes no form from another page', async () => {
    const link = await site.issue();

    const forged = await site.browser().peek(link.url, 'POST', { 'sec-fetch-site': 'cross-site' });

    expect(forged.status).toBe(403);
  });

  it.each(['nothing', 'a'.repeat(43)])('of somebody’s invention (%s) is not known', async (token) => {
    const page = await site.browser().open(`${publicUrl}/signin/start/${token}`);

    expect(page.status).toBe(404);
  });
});

describe('the way back', () => {
  const refused = (page: Page, words: string) => {
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.text).toContain(words);
    expect(site.accepted).toEqual([]);
  };

  it('counts in no other browser, and leaves the right one its turn', async () => {
    const browser = site.browser();
    const microsoft = await toMicrosoft(browser, await site.issue());
    const victim = site.browser();
    const elsewhere = await victim.submit(microsoft, { decision: 'continue' });
    refused(elsewhere, 'began in another browser');

    const page = await browser.open(callbackOf(victim));

    expect(page.status).toBe(200);
  });

  it('counts once: a reload and a second tab change nothing', async () => {
    const browser = site.browser();
    await signInWith(browser, await site.issue());

    const again = await Promise.all([browser.open(callbackOf(browser)), browser.open(callbackOf(browser))]);

    expect(again.map(({ status }) => status)).toEqual([403, 403]);
    expect(site.accepted).toHaveLength(1);
  });

  it('is refused for a state of somebody’s invention', async () => {
    const browser = site.browser();
    await toMicrosoft(browser, await site.issue());

    refused(await browser.open(`${publicUrl}/signin/callback?state=${'a'.repeat(43)}&code=1.x`), 'not valid');
  });

  it('is refused with a code that belongs to another sign-in, fresh as it may be', async () => {
    const thief = site.browser();
    const victim = site.browser({ stopsAt: `${publicUrl}/signin/callback` });
    const mine = await toMicrosoft(thief, await site.issue());
    await victim.submit(await toMicrosoft(victim, await site.issue({ purpose: 'tenantProof' })), {
      decision: 'continue',
    });
    const stolen = new URL(callbackOf(victim)).searchParams.get('code') ?? '';
    const state = new URL(mine.url).searchParams.get('state') ?? '';

    const page = await thief.open(`${publicUrl}/signin/callback?state=${state}&code=${encodeURIComponent(stolen)}`);

    refused(page, 'could not be verified');
  });

  it('is refused when it took longer than 15 minutes', async () => {
    const browser = site.browser();
    const microsoft = await toMicrosoft(browser, await site.issue());
    site.passMinutes(16);

    refused(await browser.submit(microsoft, { decision: 'continue' }), 'expired');
  });

  it('says that nothing was changed when the person cancels', async () => {
    refused(await signInWith(site.browser(), await site.issue(), 'cancel'), 'Nothing was changed');
  });

  it('takes nobody but the person whom the link was made for, where they can be told apart', async () => {
    site.cloud.signIn(personIds.megan);

    refused(await signInWith(site.browser(), await site.issue()), 'another account signed in');
  });

  it('takes anybody of the tenant for a proof of the tenant', async () => {
    site.cloud.signIn(personIds.megan);

    const done = await signInWith(site.browser(), await site.issue({ purpose: 'tenantProof' }));

    expect(done.status).toBe(200);
    expect(site.accepted[0]?.person.directoryRoles).toEqual([directoryRoles.globalAdministrator]);
  });

  it('takes no account of another tenant than the expected one', async () => {
    const link = await site.issue({ purpose: 'tenantProof', expectedTenantId: tenantIds.fabrikam });

    refused(await signInWith(site.browser(), link), 'belongs to another tenant');
  });

  it('is refused when the connection was changed while the person was away', async () => {
    const browser = site.browser();
    const microsoft = await toMicrosoft(browser, await site.issue());
    site.changeConnection();

    refused(await browser.submit(microsoft, { decision: 'continue' }), 'The connection was changed');
  });

  it('explains an app that cannot prove itself', async () => {
    const browser = site.browser();
    const microsoft = await toMicrosoft(browser, await site.issue());
    const secret = registration().secrets[0]!;
    const { endsAt } = secret;
    secret.endsAt = 0;

    const page = await browser.submit(microsoft, { decision: 'continue' });

    secret.endsAt = endsAt;
    refused(page, 'AADSTS7000222');
  });
});

describe('Microsoft’s page', () => {
  it('lets no stranger of the tenant in', async () => {
    site.cloud.signIn(personIds.lynne);
    const browser = site.browser();
    const link = await site.issue();
    const page = await browser.open(
      (await toMicrosoft(browser, link)).url.replace(tenantIds.contoso, tenantIds.fabrikam),
    );

    expect(page.status).toBe(400);
    expect(page.text).toContain('AADSTS');
  });

  it('asks for an admin where nobody has agreed to the permissions', async () => {
    const granted = principal().scopeGrants.splice(0);
    const browser = site.browser();

    const page = await toMicrosoft(browser, await site.issue());

    principal().scopeGrants.push(...granted);
    expect(page.text).toContain('AADSTS90094');
    expect((await browser.submit(page, { decision: 'cancel' })).text).toContain('Nothing was changed');
  });
});
