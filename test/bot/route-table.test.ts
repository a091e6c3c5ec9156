import { createRouteTable } from '../../src/bot/route-table.ts';
import { echo, says, verbThat } from './routes.ts';

const names = [
  'help',
  'connect',
  'connections',
  'connection',
  'consent',
  'permissions',
  'publish',
  'jobs',
  'job',
  'cancel',
  'app',
  'apps',
  'roles',
  'roles admin',
  'whoami',
];
const table = createRouteTable(names.map((name) => echo(name)));

it.each([
  ['help', 'help', ''],
  ['HELP', 'help', ''],
  ['/help', 'help', ''],
  ['connect', 'connect', ''],
  ['connections', 'connections', ''],
  ['Connection Contoso Production', 'connection', 'Contoso Production'],
  ['publish https://host/App.apk', 'publish', 'https://host/App.apk'],
  ['job 7f3k2', 'job', '7f3k2'],
  ['jobs', 'jobs', ''],
  ['roles admin Megan', 'roles admin', 'Megan'],
  ['roles', 'roles', ''],
])('"%s" is the command %s', (text, command, rest) => {
  expect(table.command(text)).toMatchObject({ route: { command }, rest });
});

it.each(['', 'helpme', 'connectx', 'hello', 'the connections'])('"%s" is no command', (text) => {
  expect(table.command(text)).toBeNull();
});

it.each([
  ['halp', 'help'],
  ['hlep', 'help'],
  ['conections', 'connections'],
  ['pubish app', 'publish'],
  ['pub', 'publish'],
  ['permision Contoso', 'permissions'],
  ['whoamI?', 'whoami'],
])('"%s" probably means %s', (text, command) => {
  expect(table.nearest(text)?.command).toBe(command);
});

it.each(['', 'x', 'good morning', 'what is the weather like'])('"%s" means nothing known', (text) => {
  expect(table.nearest(text)).toBeNull();
});

it('refuses two rows for one command or verb', () => {
  expect(() => createRouteTable([echo('help'), echo('help')])).toThrow('help');
  const verb = verbThat('x.y', async () => says(''));
  expect(() => createRouteTable([verb, verb])).toThrow('x.y');
});
