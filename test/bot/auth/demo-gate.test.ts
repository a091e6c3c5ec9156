import { request } from 'node:http';
import { type BotRig, startBotRig } from '../../fakes/bot-rig.ts';
import { FakeTeams } from '../../fakes/connector.ts';
import { help } from '../routes.ts';

let teams: FakeTeams;
let rig: BotRig;

beforeAll(async () => {
  teams = await FakeTeams.start();
  const bot = { ...teams.botConfig(), appId: undefined, appPassword: undefined, serviceHosts: [] };
  rig = await startBotRig({ teams, routes: [help], config: { bot, allowedHomeTenants: [], demo: true } });
});
afterAll(async () => {
  await rig.close();
  await teams.close();
});

const deliver = (headers: Record<string, string>, change: Record<string, unknown> = {}) => {
  const alex = teams.person('Alex');
  const body = JSON.stringify(teams.activity(teams.personalChat(alex), alex, { type: 'typing', ...change }));
  return new Promise<number | undefined>((resolve, reject) => {
    const sent = request(`${rig.url}/api/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
    });
    sent.once('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', reject);
    sent.end(body);
  });
};

it('takes activities of this machine without a token', async () => {
  expect(await deliver({})).toBe(200);
});

it.each<[string, Record<string, string>, Record<string, unknown>, number]>([
  ['a web page in a browser here', { Origin: 'https://evil.example' }, {}, 401],
  ['a foreign name that leads to this machine', { Host: 'rebound.example' }, {}, 401],
  ['a service elsewhere', {}, { serviceUrl: 'https://smba.trafficmanager.net/emea/' }, 403],
  ['another channel', {}, { channelId: 'emulator' }, 403],
])('refuses %s', async (_what, headers, change, status) => {
  expect(await deliver(headers, change)).toBe(status);
});

it('does not start without an app id outside the demo', async () => {
  const bot = { ...teams.botConfig(), appId: undefined };

  const start = startBotRig({ teams, database: rig.database, routes: [], config: { bot, demo: false } });

  await expect(start).rejects.toThrow('app id');
});
