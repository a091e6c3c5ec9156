import type { StoredConnection } from './connection.ts';

/** Tenant, application and credential are the customer's: an operator's app and a managed identity bring theirs. */
export const isOwnApp = ({ mode, credential }: Pick<StoredConnection, 'mode' | 'credential'>): boolean =>
  mode === 'custom' && credential.source !== 'machine';

/** A person's own sign-in stays where it was given. */
export const mayBeLent = ({ permissionKind }: Pick<StoredConnection, 'permissionKind'>): boolean =>
  permissionKind === 'application';
