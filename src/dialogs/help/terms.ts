/** Whose word means what. Portals, Apptimized and Appcircle name the same thing differently. */
export const terms: readonly { ours: string; portal: string; others: string }[] = [
  {
    ours: 'Connection',
    portal: 'App registration in one tenant',
    others: 'Environment (Apptimized), Intune API Key (Appcircle)',
  },
  { ours: 'Name of a connection', portal: '-', others: 'Environment name (Apptimized), Setting Name (Appcircle)' },
  {
    ours: 'Directory (tenant) ID',
    portal: 'Directory (tenant) ID',
    others: 'Tenant Identifier (Apptimized), part of the Auth URL (Appcircle)',
  },
  {
    ours: 'Application (client) ID',
    portal: 'Application (client) ID',
    others: 'Client Identifier (Apptimized), Client ID (Appcircle)',
  },
  { ours: 'Client secret', portal: 'Value of a client secret, not its ID', others: 'Client Secret (both)' },
  {
    ours: 'Application permissions',
    portal: 'Application permissions',
    others: 'Use application permissions (Apptimized)',
  },
  { ours: 'Connection mode', portal: '-', others: 'Apptimized or Custom (Apptimized)' },
  { ours: 'Publisher role', portal: '-', others: 'Project role with the Intune permission (Apptimized)' },
  {
    ours: 'Intune Administrator',
    portal: 'Intune Administrator',
    others: 'Intune Service administrator (older guides)',
  },
];
