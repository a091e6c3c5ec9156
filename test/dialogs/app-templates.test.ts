import { randomUUID } from 'node:crypto';
import type { Card } from '../../src/cards/card.ts';
import { pressButton } from '../fakes/buttons.ts';
import { cardFaults, cardText } from '../fakes/card-check.ts';
import type { FakeMessage, FakePlace, Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { sendFile } from '../fakes/send-file.ts';
import { buildApk } from '../packages/fixtures/apk-file.ts';
import { appInfo, buildIpa } from '../packages/fixtures/ipa-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';
import { png } from '../packages/fixtures/picture.ts';
import { dict, xmlPlist } from '../packages/fixtures/property-list-file.ts';
import { buildZip } from '../packages/fixtures/zip-file.ts';

let rig: ProductRig;
let files: LinkServer;
let alex: Person;
let general: FakePlace;
let message: FakeMessage;

beforeAll(async () => {
  files = await startLinkServer(serveFile(buildApk()));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
  alex = rig.teams.person('Alex Wilber');
});

afterAll(async () => {
  await rig.close();
  await files.close();
});

beforeEach(async () => {
  ({ general } = rig.teams.team('Mobile', [alex]));
  await rig.teams.install(general, alex);
});

const press = async (card: Card, title: string, typed: Record<string, string> = {}, nth = 0): Promise<Card> => {
  const pressed = await pressButton(rig.teams, alex, message, card, title, typed, nth);
  expect(cardFaults(pressed.card)).toEqual([]);
  return pressed.card;
};

const editor = async () => {
  await rig.teams.say(alex, general, 'templates');
  const list = await rig.card(general, 'New app template');
  message = list;
  return press(list.card, 'New app template');
};
const templateOf = (card: Card) => JSON.stringify(card).match(/"template":"([0-9a-f-]{36})"/)?.[1] ?? '';

it('builds a template part by part: whatever is pressed, what was typed is kept', async () => {
  let card = await editor();
  card = await press(card, 'More about the app', { name: 'Desktop apps', displayName: '{name} (Contoso)' });
  card = await press(card, 'Windows apps', { owner: 'Desktop team', isFeatured: 'true' });
  card = await press(card, 'Rules and return codes', { installCommand: 'setup.exe /S' });
  card = await press(card, 'Add a rule', { ruleKind: 'file' });
  card = await press(card, 'Add', { path: '%ProgramFiles%\\Contoso', name: 'notes.exe' });
  expect(cardText(card)).toContain('The rule was added');
  card = await press(card, 'Add the code', { code: '3010', codeType: 'softReboot' });
  card = await press(card, 'Save');

  const words = cardText(card);
  expect(words).toContain('Desktop apps is saved');
  expect(words).toContain('{name} (Contoso)');
  expect(words).toContain('Desktop team');
  expect(words).toContain('setup.exe /S');
  expect(words).toContain('Detection: File or folder');
  expect(words).toContain('Return code 3010: Success, restart later');
  await rig.teams.say(alex, general, 'templates');
  await rig.card(general, 'App template · 4 values');
});

it('refuses a rule that says nothing, and a second detection beside a script', async () => {
  let card = await press(await editor(), 'Rules and return codes', { name: 'Rules' });
  card = await press(card, 'Add a rule', { ruleKind: 'file' });
  const refused = await press(card, 'Add', { path: 'C:\\Tools' });
  expect(cardText(refused)).toContain('Write a folder and what is in it');
  expect(JSON.stringify(refused)).toContain('C:\\\\Tools');
  card = await press(refused, 'Add', { name: 'a.exe' });
  card = await press(card, 'Add a rule', { ruleKind: 'script' });

  const alone = await press(card, 'Add', { script: 'exit 0' });

  expect(cardText(alone)).toContain('A detection script stands alone');
  const back = await press(alone, 'Back');
  expect(cardText(await press(back, 'Remove'))).toContain('None. Then the app is found');
});

it('says on whichever part what keeps a template from being saved', async () => {
  const card = await press(await editor(), 'More about the app', { description: 'For {team}' });

  const refused = await press(card, 'Save', { informationUrl: 'contoso' });

  const words = cardText(refused);
  expect(words).toContain('Not saved yet');
  expect(words).toContain('there is no placeholder {team}');
  expect(words).toContain('A link that begins with https://');
  expect(words).toContain('Give the template a name');
});

it('edits, copies and deletes', async () => {
  let card = await press(await editor(), 'Save', { name: 'Short' });
  card = await press(card, 'Copy');
  card = await press(card, 'Save');
  expect(cardText(card)).toContain('Short (copy) is saved');
  card = await press(await press(card, 'Edit'), 'Save', { name: 'Shorter' });
  expect(cardText(card)).toContain('Shorter is saved');

  card = await press(await press(card, 'Delete'), 'Delete');

  expect(cardText(card)).toContain('Shorter is deleted');
  expect(cardText(card)).toContain('Short');
});

it('publishes with it: the form is filled to be looked through, and further properties arrive in Intune', async () => {
  files.answer = serveFile(buildApk());
  await rig.connect(alex, general);
  let card = await press(await editor(), 'More about the app', {
    name: 'Field apps',
    displayName: '{name} for the field',
    description: 'Version {version}',
  });
  card = await press(card, 'Save', { owner: 'Field team', isFeatured: 'true', roleScopeTagIds: '0' });
  const appTemplateId = templateOf(card);
  await rig.teams.say(alex, general, `publish ${files.origin}/sample.apk`);
  const draft = await rig.card(general, 'Show the plan');
  message = draft;

  card = await press(draft.card, 'Show the plan', { publisher: 'Contoso', appTemplateId });
  expect(cardText(card)).toContain('Filled from Field apps');
  expect(cardText(card)).toContain('com.example.app for the field');
  card = await press(card, 'Show the plan', { description: 'Changed by hand' });
  expect(cardText(card)).toContain('Plan: com.example.app for the field');
  const request = await press(card, 'Show the request');
  expect(cardText(request)).toContain('"owner": "Field team"');
  expect(cardText(request)).toContain('POST /beta/');
  await press(card, 'Publish');

  await rig.card(general, '✓ Published');
  const apps = [...rig.cloud.state.intune(rig.registration().tenantId).apps.values()];
  expect(
    apps.find(({ properties }) => properties.displayName === 'com.example.app for the field')?.properties,
  ).toMatchObject({
    description: 'Changed by hand',
    owner: 'Field team',
    isFeatured: true,
    roleScopeTagIds: ['0'],
  });
});

it('fills an incomplete form, and leaves what somebody typed before', async () => {
  files.answer = serveFile(buildApk());
  await rig.connect(alex, general);
  const template = async (name: string, publisher: string) => {
    const card = await press(await editor(), 'Save', {
      name,
      publisher,
      description: 'From the template',
      notes: name,
    });
    return templateOf(card);
  };
  const [one, other] = [await template('One', 'Contoso'), await template('Other', 'Fabrikam')];
  await rig.teams.say(alex, general, `publish ${files.origin}/sample.apk`);
  const draft = await rig.card(general, 'Show the plan');
  message = draft;
  expect(cardText(draft.card)).toContain('Publisher (needed)');

  let card = await press(draft.card, 'Fill in', { appTemplateId: one, description: 'Typed by hand' });

  expect(cardText(card)).toContain('As you typed it: Description.');
  expect(JSON.stringify(card)).toContain('"value":"Typed by hand"');
  expect(JSON.stringify(card)).toContain('"value":"Contoso"');
  card = await press(card, 'Fill in', { appTemplateId: other });
  expect(JSON.stringify(card)).toContain('"value":"Fabrikam"');
  expect(JSON.stringify(card)).toContain('"value":"Typed by hand"');
  await rig.teams.say(alex, general, 'templates');
  const list = await rig.card(general, 'New app template');
  message = list;
  let edited = await press(await press(list.card, 'Edit', {}, 1), 'Save', { publisher: 'Northwind' });
  expect(cardText(edited)).toContain('Northwind');
  message = draft;
  edited = await press(card, 'Fill in');
  expect(JSON.stringify(edited)).toContain('"value":"Northwind"');
  expect(JSON.stringify(edited)).toContain('"value":"Typed by hand"');
  card = await press(edited, 'Show the plan', { displayName: '' });
  expect(cardText(card)).toContain('A name is needed');
});

it('gives a Win32 app its rules, return codes and time limit', async () => {
  await rig.connect(alex, general);
  let card = await press(await editor(), 'Windows apps', { name: 'Tools', displayName: 'Contoso Tools' });
  card = await press(card, 'Rules and return codes', {
    installCommand: 'setup.exe /S',
    uninstallCommand: 'setup.exe /U',
    maxRunTime: '90',
  });
  card = await press(card, 'Add a rule', { ruleKind: 'script' });
  card = await press(card, 'Add', { script: 'if (Test-Path C:\\Tools) { "there" }' });
  card = await press(card, 'Add the code', { code: '3010', codeType: 'softReboot' });
  card = await press(card, 'Save');
  const appTemplateId = templateOf(card);
  files.answer = serveFile(buildZip([{ name: 'setup.exe', content: Buffer.from('MZ tool') }]));
  await rig.teams.say(alex, general, `publish ${files.origin}/tools.zip`);
  const draft = await rig.card(general, 'tools.zip');
  message = await rig.card(general, 'Show the plan');
  expect(draft.id).toBe(message.id);

  card = await press(message.card as Card, 'Show the plan', {
    appTemplateId,
    publisher: 'Contoso',
    description: 'Tools',
  });
  expect(cardText(card)).not.toContain('How a device knows');
  card = await press(card, 'Show the plan');
  await press(card, 'Publish');

  await rig.card(general, '✓ Published');
  const apps = [...rig.cloud.state.intune(rig.registration().tenantId).apps.values()];
  expect(apps.find(({ properties }) => properties.displayName === 'Contoso Tools')?.properties).toMatchObject({
    installCommandLine: 'setup.exe /S',
    installExperience: { maxRunTimeInMinutes: 90 },
    rules: [{ '@odata.type': '#microsoft.graph.win32LobAppPowerShellScriptRule', ruleType: 'detection' }],
    returnCodes: [{ returnCode: 3010, type: 'softReboot' }],
  });
});

const linkIn = (card: Card) => JSON.stringify(card).match(/https:\/\/quartermaster\.example\/u\/[\w-]+/)?.[0] ?? '';
const intune = () => rig.cloud.state.intune(rig.registration().tenantId);
const sent = (name: string) => [...intune().apps.values()].find(({ properties }) => properties.displayName === name);

it('takes an icon from a file, categories by name and minimum systems, and publishes with them', async () => {
  files.answer = serveFile(buildApk({ manifest: { versionCode: 9 } }));
  await rig.connect(alex, general);
  intune().categories.push({ id: randomUUID(), displayName: 'Field work, outdoors' });
  let card = await press(await editor(), 'Minimum systems', { name: 'Outdoors', displayName: 'Icon app' });
  card = await press(card, 'More about the app', { minimumAndroid: 'v9_0', minimumIos: 'v17_0' });
  card = await press(card, 'Choose categories', { owner: 'Field team' });
  card = await press(card, 'Use these', {
    categories: intune()
      .categories.filter(({ displayName }) => /Business|outdoors/.test(String(displayName)))
      .map(({ id }) => id)
      .join(','),
  });
  expect(cardText(card)).toContain('Business, Field work, outdoors');
  card = await press(card, 'Choose an icon');
  card = await press(card, 'Upload a picture');

  const refused = await sendFile(
    rig,
    linkIn(card),
    'icon.png',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
  );
  expect(refused.status).toBe(415);
  expect(await refused.text()).toContain('neither, whatever its name says');
  card = await press(await press(card, 'Back'), 'Choose an icon');
  card = await press(card, 'Upload a picture');
  expect((await sendFile(rig, linkIn(card), 'icon.svg', png(64))).status).toBe(204);

  message = await rig.card(general, 'New icon for Outdoors');
  expect(cardFaults(message.card as Card)).toEqual([]);
  card = await press(message.card as Card, 'Use it');
  expect(cardText(card)).toContain('PNG, 64 × 64');
  expect(JSON.stringify(card)).toContain('Field team');
  card = await press(card, 'Save');
  expect(cardText(card)).toContain('Outdoors is saved');
  const appTemplateId = templateOf(card);

  await rig.teams.say(alex, general, `publish ${files.origin}/sample.apk`);
  const draft = await rig.card(general, 'Show the plan');
  message = draft;
  card = await press(draft.card, 'Fill in', { appTemplateId });
  expect(JSON.stringify(card)).toContain('"value":"v9_0"');
  intune().categories.pop();
  card = await press(card, 'Show the plan', { publisher: 'Contoso' });
  expect(cardText(card)).toContain('Category Field work, outdoors: left out, because it is not in the Intune of');
  const request = cardText(await press(card, 'Show the request'));
  expect(request).toContain('(the icon of the template, as base64)');
  expect(request).toContain('Then the categories, one request each: Business.');
  await press(card, 'Publish');

  await rig.card(general, '✓ Published');
  const [business] = intune().categories.filter(({ displayName }) => displayName === 'Business');
  expect(sent('Icon app')).toMatchObject({
    properties: {
      minimumSupportedOperatingSystem: { v9_0: true },
      largeIcon: { type: 'image/png', value: png(64).toString('base64') },
    },
    categoryIds: new Set([business?.id]),
  });
  await rig.teams.say(alex, general, 'templates');
  const list = await rig.card(general, 'Outdoors');
  message = list;
  card = await press(list.card, 'Edit');
  card = await press(await press(card, 'More about the app'), 'Choose categories');
  expect(cardText(card)).toContain('Field work, outdoors is not in the Intune of Contoso production');
  card = await press(card, 'Use these');
  expect(cardText(card)).toContain('Field work, outdoors, Business');
  card = await press(await press(card, 'Choose an icon'), 'Leave it to the package');
  expect(cardText(card)).toContain('As the package has it.');
});

it('shows the request that a package would make, for a package that was read here and for examples', async () => {
  const icons = { CFBundlePrimaryIcon: dict({ CFBundleIconFiles: ['AppIcon60x60'] }) };
  const info = xmlPlist(appInfo({ CFBundleIcons: dict(icons) }));
  files.answer = serveFile(buildIpa({ info, files: { 'AppIcon60x60@2x.png': png(120) } }));
  await rig.connect(alex, general);
  await rig.teams.say(alex, general, `publish ${files.origin}/notes.ipa`);
  await rig.card(general, 'Show the plan');
  let card = await press(await editor(), 'Minimum systems', { name: 'Previewed', displayName: '{name} {version}' });
  card = await press(card, 'Save', { minimumIos: 'v17_0', minimumAndroid: 'v6_0' });

  card = await press(card, 'Show the request');
  expect(cardText(card)).toContain('Field Notes 2.3.1, as an iOS app');
  expect(cardText(card)).toContain('"displayName": "Field Notes 2.3.1"');
  expect(cardText(card)).toContain('"v17_0": true');
  expect(cardText(card)).toContain('(the icon of the package, as base64)');
  expect(cardText(card)).toContain('POST /beta/');
  card = await press(card, 'Show it', { package: 'example-apk androidLobApp' });
  expect(cardText(card)).toContain('"packageId": "com.contoso.notes"');
  expect(cardText(card)).toContain('the package needs Android 8.0, so that stays');
  expect(cardText(await press(card, 'Show it', { package: 'example-msi win32LobApp' }))).toContain('win32LobApp');

  card = await press(await press(card, 'Back'), 'Edit');
  card = await press(await press(card, 'More about the app'), 'Choose an icon');
  card = await press(card, 'Take the package’s');
  expect(cardText(card)).toContain('PNG, 120 × 120');
});
