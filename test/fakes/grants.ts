import type { LocalCloud } from '../../demo/local-cloud.ts';

type Directory = LocalCloud['tenants'];
type Role = Directory['tenants'][number]['servicePrincipals'][number]['grants'][number]['role'];

/** Permissions that an administrator grants beside those the local cloud starts with; returns how to take them back. */
export function grant(cloud: LocalCloud, registration: { tenantId: string; clientId: string }, roles: Role[]) {
  const tenant = cloud.tenants.tenants.find(({ id }) => id === registration.tenantId);
  const principal = tenant?.servicePrincipals.find(({ appId }) => appId === registration.clientId);
  if (principal === undefined) throw new Error('There is no such service principal');
  const before = principal.grants;
  const further = roles.map((role) => ({ role, assignmentId: `granted-${role}`, createdAt: Date.now() }));
  principal.grants = [...before, ...further];
  return () => {
    principal.grants = before;
  };
}
