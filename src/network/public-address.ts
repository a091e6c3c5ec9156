import ipaddr from 'ipaddr.js';

/**
 * Azure answers platform requests (DNS, health, the guest agent's wire server) on this address inside every virtual
 * network; it looks public and is not.
 * https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
 */
const azurePlatform = '168.63.129.16';

/** IPv6 addresses that are routed on the internet are all in here; everything beside it is special in some way. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** True for an address that anybody on the internet could reach. An IPv4 address in IPv6 clothes counts as itself. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv6 ? parsed.match(globalUnicast) : parsed.toString() !== azurePlatform;
}
