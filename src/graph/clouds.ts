/** A Microsoft cloud: where tokens, Graph and the portals are. Sources: learn.microsoft.com/entra/identity-platform/authentication-national-cloud, learn.microsoft.com/graph/deployments. */
export interface Cloud {
  id: string;
  label: string;
  /** Login authority, no trailing slash. */
  loginUrl: string;
  /** Hosts that a pasted Auth URL may name for this cloud. */
  loginHosts: readonly string[];
  graphUrl: string;
  entraPortalUrl: string;
  intunePortalUrl: string;
  /** Suffixes of hosts to which package content may be uploaded. */
  storageHostSuffixes: readonly string[];
  /** Only for a cloud of the operator's configuration: loopback and private addresses are allowed for its hosts. */
  custom?: boolean;
}

export const builtInClouds: readonly Cloud[] = [
  {
    id: 'global',
    label: 'Microsoft global (and GCC)',
    loginUrl: 'https://login.microsoftonline.com',
    loginHosts: ['login.microsoftonline.com', 'login.windows.net'],
    graphUrl: 'https://graph.microsoft.com',
    entraPortalUrl: 'https://entra.microsoft.com',
    intunePortalUrl: 'https://intune.microsoft.com',
    storageHostSuffixes: ['.blob.core.windows.net', '.blob.storage.azure.net'],
  },
  {
    id: 'usGovL4',
    label: 'US Government L4 (GCC High)',
    loginUrl: 'https://login.microsoftonline.us',
    loginHosts: ['login.microsoftonline.us'],
    graphUrl: 'https://graph.microsoft.us',
    entraPortalUrl: 'https://entra.microsoft.us',
    intunePortalUrl: 'https://intune.microsoft.us',
    storageHostSuffixes: ['.blob.core.usgovcloudapi.net'],
  },
  {
    id: 'usGovL5',
    label: 'US Government L5 (DoD)',
    loginUrl: 'https://login.microsoftonline.us',
    loginHosts: ['login.microsoftonline.us'],
    graphUrl: 'https://dod-graph.microsoft.us',
    entraPortalUrl: 'https://entra.microsoft.us',
    intunePortalUrl: 'https://intune.microsoft.us',
    storageHostSuffixes: ['.blob.core.usgovcloudapi.net'],
  },
  {
    id: 'china',
    label: 'China (21Vianet)',
    loginUrl: 'https://login.partner.microsoftonline.cn',
    loginHosts: ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
    graphUrl: 'https://microsoftgraph.chinacloudapi.cn',
    entraPortalUrl: 'https://entra.microsoftonline.cn',
    intunePortalUrl: 'https://intune.microsoftonline.cn',
    storageHostSuffixes: ['.blob.core.chinacloudapi.cn'],
  },
];
