import { z } from 'zod';
import type { Cloud } from '../graph/clouds.ts';
import { readAuthUrl } from './auth-url.ts';
import type { Credential, NewCredential } from './credential.ts';
import { choiceOf } from './credential-facts.ts';
import { credentialFields, type ReadCredentialOptions, readCredential } from './credential-form.ts';
import type { OwnIdentityRules } from './own-identity.ts';
import { isGuid, tenantFault } from './tenant-name.ts';
import { typed } from './typed.ts';

/** What a card or a caller sends: text as typed, every field may be absent. */
export const connectionFormInput = z.object({
  name: typed,
  cloud: typed,
  tenant: typed,
  authUrl: typed,
  clientId: typed,
  applicationPermissions: typed,
  ...credentialFields,
});
export type ConnectionFormInput = z.infer<typeof connectionFormInput>;
export type ConnectionFormField = keyof ConnectionFormInput;

export interface ConnectionFormValues {
  name: string;
  cloud: string;
  /** GUID or domain, lower case. */
  tenant: string;
  clientId: string;
  /** Without it a new connection has application permissions, and an old one keeps its kind. */
  permissionKind?: 'application' | 'delegated';
}

export type ConnectionForm<C> =
  | { ok: true; values: ConnectionFormValues; credential: C }
  | { ok: false; faults: ConnectionFormFaults };

export type ConnectionFormFaults = Partial<Record<ConnectionFormField, string>>;

export interface ReadConnectionFormOptions extends ReadCredentialOptions {
  clouds: readonly Cloud[];
}

/** A new connection: every field counts. */
export function readConnectionForm(input: unknown, options: ReadConnectionFormOptions): ConnectionForm<NewCredential> {
  const form = readFields(input, options, null);
  if (!form.ok) return form;
  if (form.credential === null) throw new Error('A new connection has a credential');
  return { ...form, credential: form.credential };
}

/** A change to a connection: null in the result keeps the present credential. */
export function readConnectionChange(
  input: unknown,
  options: ReadConnectionFormOptions & { present: Credential },
): ConnectionForm<NewCredential | null> {
  return readFields(input, options, options.present);
}

function readFields(
  input: unknown,
  options: ReadConnectionFormOptions,
  present: Credential | null,
): ConnectionForm<NewCredential | null> {
  const read = connectionFormInput.safeParse(input);
  if (!read.success) return { ok: false, faults: unreadable(read.error) };
  const { clouds, own, who } = options;
  const fields = withIdentity(read.data, own);
  const faults: ConnectionFormFaults = {};
  const note = (field: ConnectionFormField, fault: string | null) => {
    if (fault !== null) faults[field] ??= fault;
  };

  note('name', nameFault(fields.name));
  const place = readPlace(fields, clouds, note);
  note('clientId', clientIdFault(fields.clientId, place.tenant));
  // Without a new secret the fields about one say nothing.
  const credential = present === null || fields.secret !== '' ? readCredential(fields, options) : null;
  if (credential !== null && !credential.ok)
    for (const [field, fault] of Object.entries(credential.faults)) note(field as ConnectionFormField, fault);

  const choice = credential?.ok ? credential.credential.choice : present === null ? null : choiceOf(present);
  if (choice !== null) note('tenant', own.tenantFault(choice, who, place.tenant));
  if (Object.keys(faults).length > 0) return { ok: false, faults };
  return {
    ok: true,
    values: {
      name: fields.name.replace(/\s+/g, ' '),
      cloud: place.cloud,
      tenant: place.tenant,
      clientId: fields.clientId.toLowerCase(),
      // Absent means what the toggle means where nobody touched it.
      permissionKind: fields.applicationPermissions === 'false' ? 'delegated' : 'application',
    },
    credential: credential?.ok ? credential.credential : null,
  };
}

/** A managed identity is the app: nobody has to type what the configuration knows. */
function withIdentity(fields: ConnectionFormInput, own: OwnIdentityRules): ConnectionFormInput {
  const identity = fields.credential === 'managedIdentity' ? own.identity(fields.identity) : undefined;
  if (identity === undefined) return fields;
  return { ...fields, tenant: identity.tenantId, authUrl: '', clientId: identity.clientId };
}

function unreadable(error: z.ZodError): ConnectionFormFaults {
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

export function nameFault(name: string): string | null {
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
