import { createServiceHosts, isLoopbackAddress } from '../../../src/bot/auth/service-hosts.ts';

const teams = createServiceHosts({ further: ['rig.example:8443', 'plain.example'], loopbackOnly: false });
const demo = createServiceHosts({ further: [], loopbackOnly: true });

it.each([
  ['https://smba.trafficmanager.net/emea/', true],
  ['https://smba.infra.gcc.teams.microsoft.com/teams/', true],
  ['https://smba.infra.gov.teams.microsoft.us/', true],
  ['https://smba.infra.dod.teams.microsoft.us/', true],
  ['https://frontend.botapi.msg.infra.teams.microsoftonline.cn/', true],
  ['https://SMBA.trafficmanager.net/amer/', true],
  ['http://smba.trafficmanager.net/emea/', false],
  ['https://smba.trafficmanager.net:8443/emea/', false],
  ['https://smba.trafficmanager.net.evil.example/', false],
  ['https://evil.trafficmanager.net/', false],
  ['https://smba.trafficmanager.net@evil.example/', false],
  ['https://user:pass@smba.trafficmanager.net/', false],
  ['https://rig.example:8443/', true],
  ['http://rig.example:8443/', true],
  ['https://rig.example/', false],
  ['https://plain.example:9000/', true],
  ['http://127.0.0.1:56150/', false],
  ['ftp://smba.trafficmanager.net/', false],
  ['not a url', false],
])('a bot of Teams: %s is allowed: %s', (url, allowed) => {
  expect(teams(url)).toBe(allowed);
});

it.each([
  ['http://127.0.0.1:56150/_connector', true],
  ['http://localhost:56150/', true],
  ['http://[::1]:56150/', true],
  ['https://smba.trafficmanager.net/emea/', false],
  ['http://192.168.1.4/', false],
  ['http://localhost.evil.example/', false],
])('the demo: %s is allowed: %s', (url, allowed) => {
  expect(demo(url)).toBe(allowed);
});

it.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  [undefined, false],
])('a socket from %s is this machine: %s', (address, own) => {
  expect(isLoopbackAddress(address)).toBe(own);
});
