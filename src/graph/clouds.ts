import type { CustomCloudConfig } from '../config.ts';

/** A Microsoft cloud: where tokens, Graph and the portals are. Sources: learn.microsoft.com/entra/identity-platform/authentication-national-cloud, learn.microsoft.com/graph/deployments. */
export interface Cloud {
  id: string;
  label: string;
  /** Login authority, no trailing slash. */
  loginUrl: string;
  /** Hosts that a pasted Auth URL may name for this cloud. */
  loginHosts: readonly string[];
  graphUrl: string;
  /** Intune's own API, beside Graph; absent where no source names it. */
  intuneApiUrl?: string;
  entraPortalUrl: string;
  intunePortalUrl: string;
  /** Hosts to which package content may be uploaded: `.suffix`, or for a custom cloud `host` or `host:port`. */
  storageHostSuffixes: readonly string[];
  /** What a token of another issuer must be made for, to be taken as the proof of an app. */
  federationAudience: string;
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
    intuneApiUrl: 'https://api.manage.microsoft.com',
    entraPortalUrl: 'https://entra.microsoft.com',
    intunePortalUrl: 'https://intune.microsoft.com',
    storageHostSuffixes: ['.blob.core.windows.net', '.blob.storage.azure.net'],
    federationAudience: 'api://AzureADTokenExchange',
  },
  {
    id: 'usGovL4',
    label: 'US Government L4 (GCC High)',
    loginUrl: 'https://login.microsoftonline.us',
    loginHosts: ['login.microsoftonline.us'],
    graphUrl: 'https://graph.microsoft.us',
    intuneApiUrl: 'https://api.manage.microsoft.us',
    entraPortalUrl: 'https://entra.microsoft.us',
    intunePortalUrl: 'https://intune.microsoft.us',
    storageHostSuffixes: ['.blob.core.usgovcloudapi.net'],
    federationAudience: 'api://AzureADTokenExchangeUSGov',
  },
  {
    id: 'usGovL5',
    label: 'US Government L5 (DoD)',
    loginUrl: 'https://login.microsoftonline.us',
    loginHosts: ['login.microsoftonline.us'],
    graphUrl: 'https://dod-graph.microsoft.us',
    intuneApiUrl: 'https://api.manage.microsoft.us',
    entraPortalUrl: 'https://entra.microsoft.us',
    intunePortalUrl: 'https://intune.microsoft.us',
    storageHostSuffixes: ['.blob.core.usgovcloudapi.net'],
    federationAudience: 'api://AzureADTokenExchangeUSGov',
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
    federationAudience: 'api://AzureADTokenExchangeChina',
  },
];

export interface Clouds {
  /** The operator's own cloud first, if there is one. */
  readonly list: readonly Cloud[];
  /** `host:port` of the operator's own cloud: the only hosts of a cloud that may be private. */
  readonly privateHosts: readonly string[];
  find(id: string): Cloud | undefined;
}

export function createClouds(customCloud?: CustomCloudConfig): Clouds {
  const custom = customCloud === undefined ? [] : [customCloudFrom(customCloud)];
  const list = [...custom, ...builtInClouds];
  const privateHosts = custom.flatMap((cloud) => [
    hostAndPort(cloud.loginUrl),
    hostAndPort(cloud.graphUrl),
    ...cloud.storageHostSuffixes,
  ]);
  return {
    list,
    privateHosts: [...new Set(privateHosts)],
    find: (id) => list.find((cloud) => cloud.id === id),
  };
}

function customCloudFrom(config: CustomCloudConfig): Cloud {
  return {
    id: 'custom',
    label: config.label,
    loginUrl: config.loginUrl,
    loginHosts: [new URL(config.loginUrl).host],
    graphUrl: config.graphUrl,
    intuneApiUrl: 'https://api.manage.microsoft.com',
    entraPortalUrl: config.portalUrl,
    intunePortalUrl: config.portalUrl,
    storageHostSuffixes: config.storageHosts.map((host) => host.toLowerCase()),
    federationAudience: 'api://AzureADTokenExchange',
    custom: true,
  };
}

function hostAndPort(address: string): string {
  const url = new URL(address);
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}

/** All permissions that were granted to the app, in one token. */
export function graphScope(cloud: Cloud): string {
  return `${cloud.graphUrl}/.default`;
}

/** Whether package content may be sent there; a leading dot matches hosts below the name, never the name's lookalikes. */
export function isStorageUrl(cloud: Cloud, url: URL): boolean {
  return cloud.storageHostSuffixes.some((entry) =>
    entry.startsWith('.') ? url.hostname.endsWith(entry) : url.hostname === entry || hostAndPort(url.href) === entry,
  );
}
