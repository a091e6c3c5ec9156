import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A multi-tenant app registration of the operator, which customers agree to instead of making one of their own. */
export interface ManagedAppConfig {
  /** Stays the same when the app gets another name. */
  id: string;
  name: string;
  clientId: string;
  /** Id of a cloud. */
  cloud: string;
  permissions: 'application' | 'delegated';
  /** What the app is for, besides publishing; decides which permissions are listed. */
  capabilities: string[];
  credential:
    | { kind: 'secret'; secret: string }
    | { kind: 'certificate'; privateKeyPem: string; certificatePem: string };
}

const text = z.string().trim().min(1);
const entry = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'is made of lower-case letters, figures and hyphens'),
    name: text.max(60),
    clientId: z.guid().transform((id) => id.toLowerCase()),
    cloud: text.default('global'),
    permissions: z.enum(['application', 'delegated'], { error: 'is application or delegated' }).default('application'),
    capabilities: z.array(text).default([]),
    secret: text.optional(),
    /** PEM with the private key and the certificate. */
    certificateFile: text.optional(),
  })
  .refine((app) => (app.secret === undefined) !== (app.certificateFile === undefined), {
    error: 'has either a secret or a certificateFile',
  });
const file = z
  .array(entry)
  .refine((apps) => new Set(apps.map(({ id }) => id)).size === apps.length, { error: 'two apps have the same id' });

/** Throws an error whose message completes "MANAGED_APPS_FILE: ". */
export function readManagedApps(path: string): ManagedAppConfig[] {
  const read = file.safeParse(parsed(path));
  if (!read.success) {
    const issue = read.error.issues[0];
    throw new Error(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'cannot be read'}`.trim());
  }
  return read.data.map(({ secret, certificateFile, ...app }) => ({
    ...app,
    credential: secret === undefined ? certificate(certificateFile ?? '') : { kind: 'secret' as const, secret },
  }));
}

function parsed(path: string): unknown {
  const content = contentOf(path);
  try {
    return JSON.parse(content);
  } catch {
    // The parser's message would repeat a piece of the file, and so perhaps of a secret.
    throw new Error('is not JSON');
  }
}

function certificate(path: string) {
  const pem = contentOf(path);
  const block = (label: string) =>
    new RegExp(`-----BEGIN ${label}-----[\\s\\S]+?-----END ${label}-----`).exec(pem)?.[0] ?? null;
  const [privateKeyPem, certificatePem] = [block('PRIVATE KEY'), block('CERTIFICATE')];
  if (privateKeyPem === null || certificatePem === null)
    throw new Error('a certificateFile holds BEGIN PRIVATE KEY and BEGIN CERTIFICATE');
  return { kind: 'certificate' as const, privateKeyPem, certificatePem };
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`a file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}
