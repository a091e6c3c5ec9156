import { z } from 'zod';
import { catalogue } from '../problems/catalogue.ts';
import type { CredentialChoice, NewCredential } from './credential.ts';
import { readKeyVaultReference } from './key-vault-reference.ts';
import type { Chooser, OwnIdentityRules } from './own-identity.ts';
import { isGuid } from './tenant-name.ts';
import { typed } from './typed.ts';

/** Fields of the form that belong to one kind of credential. */
export const credentialFields = {
  /** The choice of the first step; a form without it is about a client secret. */
  credential: typed,
  secret: typed,
  secretExpires: typed,
  validMonths: typed,
  /** The name of a managed identity. */
  identity: typed,
  vaultEntry: typed,
};

type Fields = { [Name in keyof typeof credentialFields]: z.infer<(typeof credentialFields)[Name]> };

export type ReadCredential =
  | { ok: true; credential: NewCredential }
  | { ok: false; faults: Partial<Record<keyof Fields, string>> };

/** A credential alone, for a connection that is there. */
export function readNewCredential(input: unknown, options: ReadCredentialOptions): ReadCredential {
  const read = z.object(credentialFields).safeParse(input);
  return read.success
    ? readCredential(read.data, options)
    : { ok: false, faults: { credential: 'The form cannot be read. Enter text.' } };
}

const validity: Record<string, number> = { '': 12, '6': 6, '12': 12, '24': 24 };

export interface ReadCredentialOptions {
  now: Date;
  own: OwnIdentityRules;
  who: Chooser;
}

export function readCredential(fields: Fields, { now, own, who }: ReadCredentialOptions): ReadCredential {
  const choice = fields.credential === '' ? 'secret' : (fields.credential as CredentialChoice);
  const fault = (field: keyof Fields, text: string): ReadCredential => ({ ok: false, faults: { [field]: text } });
  if (!own.mayChoose(choice, who))
    return fault('credential', 'Only an administrator named by the operator may use this credential.');
  switch (choice) {
    case 'secret':
      return readSecret(fields, now);
    case 'tokenFile':
    case 'uploadedCertificate':
      return { ok: true, credential: { choice } };
    case 'managedIdentity':
    case 'federatedIdentity': {
      const found = own.identitiesFor(choice, who).find(({ name }) => name === fields.identity);
      if (found === undefined) return fault('identity', 'Choose one of the listed identities.');
      return { ok: true, credential: { choice, identity: found.name } };
    }
    case 'keyVaultSecret':
    case 'keyVaultCertificate': {
      const read = readKeyVaultReference(fields.vaultEntry, own.vaultsOf(who.homeTenantId));
      if (!read.ok) return fault('vaultEntry', read.fault);
      return { ok: true, credential: { choice, reference: read.reference } };
    }
    case 'madeCertificate': {
      const validMonths = validity[fields.validMonths];
      if (validMonths === undefined) return fault('validMonths', 'Choose one of the listed times.');
      return { ok: true, credential: { choice: 'madeCertificate', validMonths } };
    }
    default:
      return fault('credential', 'Choose one of the listed credentials.');
  }
}

function readSecret({ secret, secretExpires }: Fields, now: Date): ReadCredential {
  const fault = secret === '' ? 'Enter the client secret.' : secretFault(secret);
  const expires = readDay(secretExpires, now);
  const faults = {
    ...(fault === null ? {} : { secret: fault }),
    ...(typeof expires === 'string' ? { secretExpires: expires } : {}),
  };
  if (Object.keys(faults).length > 0 || typeof expires === 'string') return { ok: false, faults };
  return { ok: true, credential: { choice: 'secret', secret, expiresAt: expires } };
}

/** A day ends for a credential when it begins: Entra shows the day, not the hour. */
function readDay(text: string, now: Date): Date | string | null {
  if (text === '') return null;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  if (day === null || Number.isNaN(day.getTime())) return 'Enter the day as year-month-day, for example 2027-03-31.';
  return day <= now ? 'That day has passed. Create a new secret, or leave the day empty.' : day;
}

function secretFault(secret: string): string | null {
  if (isGuid(secret)) return catalogue.secretIdPasted.what;
  if (/\*{4,}$/.test(secret))
    return 'That is the masked secret. Entra shows the value only once; if it is gone, create a new secret.';
  return null;
}
