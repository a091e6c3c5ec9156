/** Every table, by topic. */
export * from './schema/apps.ts';
export * from './schema/audit.ts';
export * from './schema/connections.ts';
export * from './schema/consent.ts';
export * from './schema/credentials.ts';
export * from './schema/graph-budgets.ts';
export * from './schema/managed.ts';
export * from './schema/messages.ts';
export * from './schema/packages.ts';
export * from './schema/places.ts';
export * from './schema/publishing.ts';
export * from './schema/roles.ts';
export * from './schema/shares.ts';
export * from './schema/sign-ins.ts';
export * from './schema/templates.ts';
export * from './schema/user-sessions.ts';
export * from './schema/workspaces.ts';
