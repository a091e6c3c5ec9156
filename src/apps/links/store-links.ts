export type Store = 'microsoft' | 'apple' | 'google' | 'web';

export interface StoreLink {
  store: Store;
  /** As Intune keeps it. */
  url: string;
  id: string;
}

export type ReadLink = { link: StoreLink } | { fault: string } | null;

/** Ids of the Microsoft Store: `9…` for packaged apps, `XP…` for programs. */
const microsoftId = /^(9[A-Z0-9]{11}|XP[A-Z0-9]{12})$/i;

/**
 * Understands links into stores, and `web <address>`. Null for everything else, which may be a link to a package. Nothing
 * is fetched: Intune and the devices do that.
 */
export function readStoreLink(said: string): ReadLink {
  const web = /^web(?:\s+(.*))?$/is.exec(said.trim());
  if (web !== null) return readPage(bare(web[1] ?? ''));
  const text = bare(said);
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const host = url.hostname.toLowerCase().replace(/^www\./, '');
  if (url.protocol === 'ms-windows-store:') return microsoft(url.searchParams.get('productid'));
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  if (host === 'apps.microsoft.com') return microsoft(idIn(url.pathname));
  if (host === 'microsoft.com' && /\/(store|p)\//i.test(url.pathname)) return microsoft(idIn(url.pathname));
  if (host === 'apps.apple.com' || host === 'itunes.apple.com') return apple(url);
  if (host === 'play.google.com') return google(url);
  return null;
}

/** Clients wrap a link in angle brackets or Markdown when it is pasted. */
function bare(said: string): string {
  const text = said.trim();
  return /^\[[^\]]*\]\((\S+)\)$/.exec(text)?.[1] ?? /^<(\S+)>$/.exec(text)?.[1] ?? text;
}

function readPage(text: string): ReadLink {
  if (text === '') return { fault: 'Type the address behind it: publish web https://intranet.contoso.com' };
  const full = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(full) ? new URL(full) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    return { fault: 'A web link is a whole address that begins with https:// or http://.' };
  if (url.username !== '' || url.password !== '')
    return { fault: 'This address carries a name and a password. Everybody who gets the link would see them.' };
  return { link: { store: 'web', url: url.href, id: url.href } };
}

const idIn = (path: string) => path.split('/').findLast((part) => microsoftId.test(part)) ?? null;

function microsoft(id: string | null): ReadLink {
  if (id === null || !microsoftId.test(id))
    return {
      fault: 'This link to the Microsoft Store names no app. Open the app’s page in the store and copy its address.',
    };
  const productId = id.toUpperCase();
  return { link: { store: 'microsoft', url: `https://apps.microsoft.com/detail/${productId}`, id: productId } };
}

function apple(url: URL): ReadLink {
  const id = /\/id(\d{6,12})(?:\/|$)/.exec(url.pathname)?.[1];
  if (id === undefined)
    return { fault: 'This link to the App Store names no app. Open the app’s page in the store and copy its address.' };
  // What follows the path says where somebody came from.
  return { link: { store: 'apple', url: `https://apps.apple.com${url.pathname.replace(/\/$/, '')}`, id } };
}

function google(url: URL): ReadLink {
  const id = url.searchParams.get('id') ?? '';
  if (url.pathname !== '/store/apps/details' || !/^[a-z]\w*(\.[a-z]\w*)+$/i.test(id))
    return { fault: 'This link to Google Play names no app. Open the app’s page in the store and copy its address.' };
  return { link: { store: 'google', url: `https://play.google.com/store/apps/details?id=${id}`, id } };
}
