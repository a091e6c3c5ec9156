const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const domain = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;
const shared = new Set(['common', 'organizations', 'consumers']);

export const isGuid = (text: string) => guid.test(text);

/** What is wrong with the name of a tenant, as a sentence for the person who typed it; null when nothing is. */
export function tenantFault(tenant: string): string | null {
  if (isGuid(tenant) || domain.test(tenant)) return null;
  if (shared.has(tenant.toLowerCase()))
    return `"${tenant.toLowerCase()}" is not one tenant. Use the Directory (tenant) ID of yours.`;
  if (/[{}<>]/.test(tenant)) return 'That is a placeholder. Replace it with your Directory (tenant) ID.';
  if (tenant.includes('@')) return 'That is a person. Use the Directory (tenant) ID, or the part behind the @.';
  return 'Use the Directory (tenant) ID, a GUID, or a domain such as contoso.com.';
}

/** A domain that was typed may have become its tenant's id meanwhile. */
export function leadsTheSameWay(
  current: { cloud: string; tenantId: string; clientId: string },
  opened: { cloud: string; tenantId: string; clientId: string },
): boolean {
  return (
    current.cloud === opened.cloud &&
    current.clientId === opened.clientId &&
    (current.tenantId === opened.tenantId || !isGuid(opened.tenantId))
  );
}
