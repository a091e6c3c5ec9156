import { z } from 'zod';
import { ProblemError } from '../problems/problem.ts';
import type { GraphClient } from './graph-client.ts';

/** One of these is needed to read an app registration; it lies in the tenant in which the app was registered. */
export const registrationRoles: readonly string[] = ['Application.Read.All', 'Application.ReadWrite.OwnedBy'];

export interface RegisteredSecret {
  /** The first characters, all that Microsoft tells. */
  hint: string;
  endsAt: Date | null;
}

export interface RegisteredCertificate {
  /** SHA-1 in hexadecimal, upper case. */
  thumbprint: string;
  endsAt: Date | null;
}

export interface AppRegistration {
  secrets: RegisteredSecret[];
  certificates: RegisteredCertificate[];
}

const date = z.coerce.date().nullish();
const registration = z.object({
  passwordCredentials: z.array(z.object({ hint: z.string().nullish(), endDateTime: date })).default([]),
  keyCredentials: z.array(z.object({ customKeyIdentifier: z.string().nullish(), endDateTime: date })).default([]),
});

/** Null where the tenant holds no registration of this app, as a customer's tenant of a multitenant app. */
export async function readAppRegistration(
  graph: GraphClient,
  clientId: string,
  signal: AbortSignal,
): Promise<AppRegistration | null> {
  try {
    const { passwordCredentials, keyCredentials } = await graph.send({
      method: 'GET',
      path: `/applications(appId='${clientId}')`,
      query: { $select: 'id,passwordCredentials,keyCredentials' },
      schema: registration,
      maxWaitMs: 2_000,
      signal,
    });
    return {
      secrets: passwordCredentials.map(({ hint, endDateTime }) => ({ hint: hint ?? '', endsAt: endDateTime ?? null })),
      certificates: keyCredentials.map(({ customKeyIdentifier, endDateTime }) => ({
        thumbprint: asHex(customKeyIdentifier ?? ''),
        endsAt: endDateTime ?? null,
      })),
    };
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'graphNotFound') return null;
    throw error;
  }
}

/** Graph gives the thumbprint as the Base64 of its bytes, and of its hexadecimal text where the portal wrote it. */
function asHex(identifier: string): string {
  const bytes = Buffer.from(identifier, 'base64');
  const text = bytes.toString('latin1');
  return (/^[0-9A-Fa-f]{40}$/.test(text) ? text : bytes.toString('hex')).toUpperCase();
}
