import { z } from 'zod';
import type { Cloud } from '../graph/clouds.ts';
import { catalogue } from '../problems/catalogue.ts';
import { readAuthUrl } from './auth-url.ts';
import { isGuid, tenantFault } from './tenant-name.ts';

const typed = z
  .string()
  .nullish()
  .transform((text) => (text ?? '').trim());

/** What a card or a caller sends: text as typed, every field may be absent. */
export const connectionFormInput = z.object({
  name: typed,
  cloud: typed,
  tenant: typed,
  authUrl: typed,
  clientId: typed,
  secret: typed,
});
export type ConnectionFormInput = z.infer<typeof connectionFormInput>;
export type ConnectionFormField = keyof ConnectionFormInput;

export interface ConnectionFormValues {
  name: string;
  cloud: string;
  /** GUID or domain, lower case. */
  tenant: string;
  clientId: string;
}

export type ConnectionForm<Secret> =
  | { ok: true; values: ConnectionFormValues; secret: Secret }
  | { ok: false; faults: Partial<Record<ConnectionFormField, string>> };

/** A new connection: every field counts. */
export function readConnectionForm(input: unknown, clouds: readonly Cloud[]): ConnectionForm<string> {
  const form = readFields(input, clouds, true);
  return form.ok ? { ...form, secret: form.secret ?? '' } : form;
}

/** A change to a connection: an empty secret (null in the result) keeps the stored one. */
export function readConnectionChange(input: unknown, clouds: readonly Cloud[]): ConnectionForm<string | null> {
  return readFields(input, clouds, false);
}

function readFields(input: unknown, clouds: readonly Cloud[], secretNeeded: boolean): ConnectionForm<string | null> {
  const read = connectionFormInput.safeParse(input);
  if (!read.success) return { ok: false, faults: unreadable(read.error) };
  const fields = read.data;
  const faults: Partial<Record<ConnectionFormField, string>> = {};
  const note = (field: ConnectionFormField, fault: string | null) => {
    if (fault !== null) faults[field] ??= fault;
  };

  note('name', nameFault(fields.name));
  const place = readPlace(fields, clouds, note);
  note('clientId', clientIdFault(fields.clientId, place.tenant));
  note(
    'secret',
    fields.secret === '' ? (secretNeeded ? 'Enter the client secret.' : null) : secretFault(fields.secret),
  );

  if (Object.keys(faults).length > 0) return { ok: false, faults };
  return {
    ok: true,
    values: {
      name: fields.name.replace(/\s+/g, ' '),
      cloud: place.cloud,
      tenant: place.tenant,
      clientId: fields.clientId.toLowerCase(),
    },
    secret: fields.secret === '' ? null : fields.secret,
  };
}

function unreadable(error: z.ZodError): Partial<Record<ConnectionFormField, string>> {
  const names = error.issues.map((issue) => String(issue.path[0] ?? 'name'));
  return Object.fromEntries(names.map((name) => [name, 'This field cannot be read. Enter text.']));
}

/** Cloud and tenant, from the tenant field, the Auth URL, or both where they agree. */
function readPlace(
  { cloud, tenant, authUrl }: ConnectionFormInput,
  clouds: readonly Cloud[],
  note: (field: ConnectionFormField, fault: string) => void,
): { cloud: string; tenant: string } {
  const labels = (ids: readonly string[]) =>
    clouds
      .filter((entry) => ids.includes(entry.id))
      .map((entry) => entry.label)
      .join(' or ');
  if (cloud !== '' && !clouds.some((entry) => entry.id === cloud)) note('cloud', 'Choose one of the listed clouds.');
  const wrongTenant = tenant === '' ? null : tenantFault(tenant);
  if (wrongTenant !== null) note('tenant', wrongTenant);

  if (authUrl === '') {
    if (tenant === '') note('tenant', 'Enter the Directory (tenant) ID, or the Auth URL below.');
    return { cloud: cloud === '' ? (clouds[0]?.id ?? '') : cloud, tenant: tenant.toLowerCase() };
  }
  const read = readAuthUrl(authUrl, clouds);
  if (!read.ok) {
    note('authUrl', read.fault);
    return { cloud, tenant: tenant.toLowerCase() };
  }
  if (tenant !== '' && wrongTenant === null && tenant.toLowerCase() !== read.tenant)
    note(
      'authUrl',
      `The Auth URL names the tenant ${read.tenant}, the field above another one. Leave one of them empty.`,
    );
  const [first = '', second] = read.cloudIds;
  if (cloud !== '' && !read.cloudIds.includes(cloud))
    note('cloud', `The Auth URL belongs to ${labels(read.cloudIds)}. Choose that cloud, or correct the Auth URL.`);
  if (cloud === '' && second !== undefined) note('cloud', `The Auth URL fits ${labels(read.cloudIds)}. Choose one.`);
  return { cloud: cloud === '' ? first : cloud, tenant: read.tenant };
}

function nameFault(name: string): string | null {
  if (name === '') return 'Give the connection a name.';
  return name.length > 60 ? 'The name may have up to 60 characters.' : null;
}

function clientIdFault(clientId: string, tenant: string): string | null {
  if (clientId === '') return 'Enter the Application (client) ID.';
  if (isGuid(clientId))
    return clientId.toLowerCase() === tenant
      ? 'That is the tenant ID again. The Application (client) ID stands above it on the Overview page.'
      : null;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(clientId))
    return 'That is a URL. Enter the Application (client) ID, a GUID, from the Overview page.';
  if (/^[0-9a-f-]{30,40}$/i.test(clientId))
    return 'The ID is not complete. A GUID has 32 hexadecimal digits in five groups.';
  return 'That looks like a name. Enter the Application (client) ID, a GUID, from the Overview page; the object ID does not work either.';
}

function secretFault(secret: string): string | null {
  if (isGuid(secret)) return catalogue.secretIdPasted.what;
  if (/\*{4,}$/.test(secret))
    return 'That is the masked secret. Entra shows the value only once; if it is gone, create a new secret.';
  return null;
}
