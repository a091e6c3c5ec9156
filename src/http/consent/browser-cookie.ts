import { cookieNamed } from '../cookie.ts';

/**
 * Binds the way to Microsoft's page to the browser in which the code was entered. `SameSite=Lax`, because the browser
 * comes back from Microsoft's page, and a strict cookie would stay behind then. The request decides the cookie's name, so
 * that two ways in one browser know nothing of each other.
 */
export interface ConsentCookie {
  set(state: string, browser: string): string;
  read(header: string | undefined, state: string): string | null;
}

const maxAgeSeconds = 20 * 60;

export function createConsentCookie({ secure }: { secure: boolean }): ConsentCookie {
  // Browsers take a name with this prefix only from a secure origin.
  const prefix = secure ? '__Secure-qm_consent_' : 'qm_consent_';
  const attributes = `Path=/consent; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  const name = (state: string) => `${prefix}${state.slice(0, 8)}`;
  return {
    set: (state, browser) => `${name(state)}=${browser}; Max-Age=${maxAgeSeconds}; ${attributes}`,
    read: (header, state) => cookieNamed(name(state), header),
  };
}
