/**
 * Hosts that Teams names as serviceUrl, per cloud. A token for them is a token for the bot's whole reach, so nothing else
 * is ever sent one.
 * https://learn.microsoft.com/en-us/azure/bot-service/how-to-deploy-gov-cloud-high and the Teams SDK's cloud presets.
 */
const teamsHosts: ReadonlySet<string> = new Set([
  'smba.trafficmanager.net',
  'smba.onyx.prod.teams.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
  'smba.infra.gov.teams.microsoft.us',
  'smba.infra.dod.teams.microsoft.us',
  'frontend.botapi.msg.infra.teams.microsoftonline.cn',
]);

export interface ServiceHostsOptions {
  /** `host` or `host:port` of the operator's configuration; these may be plain http. */
  further: readonly string[];
  /** The demo talks to a client on the same machine and to nothing else. */
  loopbackOnly: boolean;
}

export type ServiceHosts = (serviceUrl: string) => boolean;

export function createServiceHosts({ further, loopbackOnly }: ServiceHostsOptions): ServiceHosts {
  const configured = new Set(further.map((host) => host.toLowerCase()));
  return (serviceUrl) => {
    const url = parse(serviceUrl);
    if (url === null || url.username !== '' || url.password !== '') return false;
    if (loopbackOnly) return isLoopbackName(url.hostname);
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    if (configured.has(url.hostname) || configured.has(`${url.hostname}:${port}`)) return true;
    return url.protocol === 'https:' && url.port === '' && teamsHosts.has(url.hostname);
  };
}

function parse(serviceUrl: string): URL | null {
  const url = URL.parse(serviceUrl);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null;
}

export function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address);
}
