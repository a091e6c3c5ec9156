import { cookieNamed } from '../cookie.ts';

/**
 * Binds a sign-in to the browser in which it began. `SameSite=Lax`, because the browser comes back from Microsoft's page,
 * and a strict cookie would stay behind then. One for all sign-ins: the one begun last counts.
 */
export interface BrowserCookie {
  set(session: string): string;
  clear(): string;
  read(header: string | undefined): string | null;
}

const maxAgeSeconds = 20 * 60;

export function createBrowserCookie({ secure }: { secure: boolean }): BrowserCookie {
  // Browsers take a name with this prefix only from a secure origin.
  const name = secure ? '__Secure-qm_signin' : 'qm_signin';
  const attributes = `Path=/signin; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return {
    set: (session) => `${name}=${session}; Max-Age=${maxAgeSeconds}; ${attributes}`,
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
    read: (header) => cookieNamed(name, header),
  };
}
