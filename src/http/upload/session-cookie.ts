import { cookieNamed } from '../cookie.ts';

/**
 * The session is bound to one ticket by the cookie's path, so that two uploads in one browser know nothing of each other.
 * `SameSite=Strict` is enough: the cookie is set by an answer to our own page and used only by our own pages.
 */
export interface SessionCookie {
  /** Values of the `Set-Cookie` headers. */
  set(ticketId: string, session: string): string[];
  read(header: string | undefined): string | null;
}

export function createSessionCookie({ secure, maxAgeMs }: { secure: boolean; maxAgeMs: number }): SessionCookie {
  // Browsers take a name with this prefix only from a secure origin.
  const name = secure ? '__Secure-qm_upload' : 'qm_upload';
  const attributes = `Max-Age=${Math.floor(maxAgeMs / 1000)}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return {
    set: (ticketId, session) =>
      ['/upload', '/files'].map((path) => `${name}=${session}; Path=${path}/${ticketId}; ${attributes}`),
    read: (header) => cookieNamed(name, header),
  };
}
