import type { Cloud } from '../graph/clouds.ts';
import { tenantFault } from './tenant-name.ts';

export type AuthUrl =
  /** Several clouds may share a login host: the two US Government ones do. */
  { ok: true; cloudIds: string[]; tenant: string } | { ok: false; fault: string };

const form = 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token';
const fault = (text: string): AuthUrl => ({ ok: false, fault: text });

/** Reads a token endpoint, v1 or v2, of any known cloud. */
export function readAuthUrl(input: string, clouds: readonly Cloud[]): AuthUrl {
  const compact = input.replace(/\s+/g, '');
  if (compact === '') return fault(`The Auth URL is empty. It has the form ${form}.`);
  if (!URL.canParse(compact)) return fault(`That is not a URL. The Auth URL has the form ${form}.`);
  const url = new URL(compact);
  if (url.protocol !== 'https:') return fault('The Auth URL has to start with https://.');
  if (url.username !== '' || url.password !== '') return fault('The Auth URL must not carry a user name.');
  const cloudIds = clouds.filter((cloud) => cloud.loginHosts.includes(url.host)).map((cloud) => cloud.id);
  if (cloudIds.length === 0)
    return fault(`${url.host} is not a Microsoft login host. The Auth URL has the form ${form}.`);
  if (url.search !== '' || url.hash !== '') return fault('The Auth URL has to end with /token.');
  const [tenant = '', ...rest] = segments(url);
  const wrongTenant = tenant === '' ? 'The tenant is missing.' : tenantFault(tenant);
  if (wrongTenant !== null) return fault(`The Auth URL names no usable tenant. ${wrongTenant}`);
  const path = rest.join('/').toLowerCase();
  if (path !== 'oauth2/v2.0/token' && path !== 'oauth2/token')
    return fault(`The Auth URL has to end with /oauth2/v2.0/token, as in ${form}.`);
  return { ok: true, cloudIds, tenant: tenant.toLowerCase() };
}

function segments(url: URL): string[] {
  return url.pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => {
      try {
        return decodeURIComponent(segment);
      } catch {
        return segment;
      }
    });
}
