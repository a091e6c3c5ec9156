import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ProblemError } from '../../problems/problem.ts';

/** What a federated credential in Entra is compared with. */
export interface AssertionFacts {
  issuer: string;
  subject: string;
  audience: string;
  expiresAt: Date;
}

const claims = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.tuple([z.string()]).transform(([only]) => only)]),
  exp: z.number(),
});

/** Read anew each time: whoever writes the file replaces it before the token in it ends. */
export async function readTokenFile(path: string, now: Date = new Date()): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ProblemError('federatedTokenMissing', { detail: `Reading it failed: ${cause.code ?? 'unknown'}.` });
  });
  const token = text.trim();
  const facts = assertionFacts(token);
  if (facts === null) throw new ProblemError('federatedTokenMissing', { detail: 'It holds no token.' });
  if (facts.expiresAt <= now)
    throw new ProblemError('federatedTokenOld', { detail: `It ended ${facts.expiresAt.toISOString()}.` });
  return token;
}

/** Null for what is no token with one issuer, one subject and one audience. */
export function assertionFacts(token: string): AssertionFacts | null {
  try {
    const read = claims.safeParse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')));
    if (!read.success) return null;
    const { iss, sub, aud, exp } = read.data;
    return { issuer: iss, subject: sub, audience: aud, expiresAt: new Date(exp * 1000) };
  } catch {
    return null;
  }
}
