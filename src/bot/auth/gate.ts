import type { IncomingMessage } from 'node:http';
import type { InboundActivity } from '../activity.ts';
import { type ChannelToken, type ChannelTokens, TokenRefused } from './channel-token.ts';
import { isLoopbackAddress, isLoopbackName, type ServiceHosts } from './service-hosts.ts';

/** Who may come in: first the request's token, then the activity that came with it. */
export interface Gate {
  /** Null where tokens do not exist (the demo). Throws `TokenRefused`. */
  admitRequest(request: IncomingMessage): Promise<ChannelToken | null>;
  /** The home tenant, or the reason why the activity is refused. */
  admitActivity(
    activity: InboundActivity,
    token: ChannelToken | null,
  ): { homeTenantId: string } | { refused: 'channel' | 'serviceUrl' | 'tenant' };
}

export interface GateOptions {
  channelId: string;
  serviceHosts: ServiceHosts;
  /** Lower case. Empty lets every tenant in, which only the demo's gate may do. */
  allowedHomeTenants: readonly string[];
}

export function createTokenGate(options: GateOptions & { tokens: ChannelTokens }): Gate {
  return {
    admitRequest: (request) => options.tokens.verify(request.headers.authorization),
    admitActivity: (activity, token) => {
      if (token === null || !sameUrl(activity.serviceUrl, token.serviceUrl)) return { refused: 'serviceUrl' };
      return admit(activity, options, options.allowedHomeTenants.includes.bind(options.allowedHomeTenants));
    },
  };
}

/**
 * Without an app id there is nothing to verify, so only this machine may speak. The host name and the missing origin keep
 * out web pages that a browser on this machine shows.
 */
export function createDemoGate(options: GateOptions): Gate {
  const { allowedHomeTenants } = options;
  return {
    async admitRequest(request) {
      const host = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname ?? '';
      if (!isLoopbackAddress(request.socket.remoteAddress) || !isLoopbackName(host))
        throw new TokenRefused('not from this machine');
      if (request.headers.origin !== undefined) throw new TokenRefused('from a web page');
      return null;
    },
    admitActivity: (activity) =>
      admit(activity, options, (tenant) => allowedHomeTenants.length === 0 || allowedHomeTenants.includes(tenant)),
  };
}

function admit(activity: InboundActivity, options: GateOptions, isAllowed: (tenant: string) => boolean) {
  if (activity.channelId !== options.channelId) return { refused: 'channel' as const };
  if (activity.serviceUrl === undefined || !options.serviceHosts(activity.serviceUrl))
    return { refused: 'serviceUrl' as const };
  const tenant = activity.channelData?.tenant?.id?.toLowerCase();
  if (tenant === undefined || tenant === '' || !isAllowed(tenant)) return { refused: 'tenant' as const };
  return { homeTenantId: tenant };
}

const sameUrl = (said: string | undefined, claimed: string) =>
  said !== undefined && said.replace(/\/+$/, '') === claimed.replace(/\/+$/, '');
