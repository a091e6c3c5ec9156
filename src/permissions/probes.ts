import type { CapabilityId } from './capabilities.ts';

/** A harmless read that shows whether a permission works. */
export interface Probe {
  path: string;
  version: 'v1.0' | 'beta';
  query: Record<string, string>;
}

const one = { $top: '1', $select: 'id' };

/**
 * Where one is missing, only changing something would prove it, and nobody changes anything to look. The apps are read by
 * the test of the connection already.
 */
export const probes: Partial<Record<CapabilityId, Probe>> = {
  seeGroupNames: { path: '/groups', version: 'v1.0', query: one },
  seeFilters: { path: '/deviceManagement/assignmentFilters', version: 'beta', query: one },
  seeScopeTags: { path: '/deviceManagement/roleScopeTags', version: 'beta', query: one },
  listDevices: { path: '/deviceManagement/managedDevices', version: 'v1.0', query: one },
  seeTenantName: { path: '/organization', version: 'v1.0', query: { $select: 'id' } },
  seeConsentRequests: { path: '/identityGovernance/appConsent/appConsentRequests', version: 'v1.0', query: one },
};
