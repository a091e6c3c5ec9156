import { graphRule, ruleFault, rulesFault } from '../../src/templates/app-rules.ts';
import type { AppRule, AppTemplate } from '../../src/templates/app-template.ts';
import { applyAppTemplate, appTemplateFaults, withTemplate } from '../../src/templates/apply-app-template.ts';
import { loadGraphValidator } from '../fakes/graph-metadata.ts';

const validate = await loadGraphValidator();
const words = {
  name: 'Contoso Notes',
  version: '4.2',
  publisher: 'Contoso',
  identifier: 'com.contoso.notes',
  productCode: '{11111111-2222-4333-8444-555555555555}',
  fileName: 'notes.msi',
};
const template = (change: Partial<AppTemplate> = {}): AppTemplate => ({
  name: 'Desktop apps',
  values: {},
  rules: [],
  returnCodes: [],
  icon: null,
  categories: [],
  nextKey: 9,
  ...change,
});
const rule = (change: Partial<AppRule>): AppRule => ({
  key: '1',
  purpose: 'detection',
  kind: 'file',
  values: { path: '%ProgramFiles%\\Contoso', name: 'notes.exe', what: 'exists' },
  ...change,
});
const win32 = { graphType: 'win32LobApp', fields: [{ id: 'installCommand' }, { id: 'detectPath' }] };
const baseApp = {
  displayName: 'Contoso Notes',
  description: 'Notes',
  publisher: 'Contoso',
  fileName: 'notes.intunewin',
  setupFilePath: 'notes.msi',
  installCommandLine: 'msiexec /i notes.msi /qn',
  uninstallCommandLine: 'msiexec /x notes.msi /qn',
  applicableArchitectures: 'x64',
  minimumSupportedWindowsRelease: '1809',
  installExperience: {
    '@odata.type': '#microsoft.graph.win32LobAppInstallExperience',
    runAsAccount: 'system',
    deviceRestartBehavior: 'suppress',
  },
  rules: [graphRule(rule({ kind: 'productCode', values: { productCode: '{productCode}' } }), words)],
};

it('fills placeholders from the package, in form fields and in further properties', () => {
  const applied = applyAppTemplate(
    template({
      values: {
        displayName: '{name} (Contoso)',
        installCommand: 'setup.exe /v{version} {productCode}',
        owner: 'Team {publisher}',
        isFeatured: 'true',
        roleScopeTagIds: '0, 3',
      },
    }),
    words,
    win32,
  );

  expect(applied.values).toEqual({
    displayName: 'Contoso Notes (Contoso)',
    installCommand: `setup.exe /v4.2 ${words.productCode}`,
  });
  expect(applied.properties).toEqual({ owner: 'Team Contoso', isFeatured: true, roleScopeTagIds: ['0', '3'] });
  expect(applied.leftOut).toEqual([]);
});

it('says what a type of app or a package does not have', () => {
  const { values, properties, leftOut } = applyAppTemplate(
    template({ values: { installCommand: 'x', notes: 'Code {productCode}', maxRunTime: '90' }, rules: [rule({})] }),
    { ...words, productCode: '' },
    { graphType: 'androidLobApp', fields: [] },
  );

  expect(values).toEqual({ notes: 'Code' });
  expect(properties).toEqual({});
  expect(leftOut).toEqual([
    'Notes for administrators: the package has no {productCode}.',
    'Not for this type of app: Install command (Win32); Longest installation, in minutes (Win32); Rules and return codes (Win32).',
  ]);
});

const requirement = (kind: AppRule['kind'], values: Record<string, string>) =>
  rule({ purpose: 'requirement', kind, values });

it.each<[string, AppRule[]]>([
  [
    'an MSI code with a version',
    [rule({ kind: 'productCode', values: { productCode: '{productCode}', value: '{version}' } })],
  ],
  ['a file that is there', [rule({})]],
  [
    'the version of a file',
    [
      rule({
        values: {
          path: 'C:\\Tools',
          name: 'a.exe',
          what: 'version',
          operator: 'greaterThanOrEqual',
          value: '{version}',
        },
      }),
    ],
  ],
  [
    'a registry value, in the 32-bit part',
    [
      rule({
        kind: 'registry',
        values: {
          path: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso',
          name: 'Version',
          what: 'string',
          value: '4',
          on32: 'yes',
        },
      }),
    ],
  ],
  [
    'a registry key that must not be there',
    [requirement('registry', { path: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Old', what: 'doesNotExist' })],
  ],
  ['a detection script', [rule({ kind: 'script', values: { script: 'if (Test-Path C:\\x) { "y" }' } })]],
  [
    'a requirement script',
    [requirement('script', { script: '"4"', what: 'integer', operator: 'greaterThan', value: '3' })],
  ],
  [
    'a signed 32-bit script as the person who is signed in',
    [
      requirement('script', {
        script: '"4"',
        what: 'integer',
        operator: 'greaterThan',
        value: '3',
        on32: 'yes',
        signed: 'yes',
        account: 'user',
      }),
    ],
  ],
  [
    'the size of a file as a requirement',
    [requirement('file', { path: 'C:\\', name: 'a', what: 'sizeInMB', value: '5' })],
  ],
])('makes a request that Graph takes: %s', (_what, rules) => {
  const applied = applyAppTemplate(
    template({
      rules,
      values: {
        maxRunTime: '90',
        allowAvailableUninstall: 'true',
        developer: 'Contoso',
        informationUrl: 'https://contoso.example/',
      },
      returnCodes: [{ key: '1', code: 3010, type: 'softReboot' }],
    }),
    words,
    win32,
  );

  const body = { '@odata.type': '#microsoft.graph.win32LobApp', ...withTemplate(baseApp, applied.properties) };

  expect(rules.map(ruleFault)).toEqual([null]);
  expect(body).toMatchSnapshot();
  if (validate !== null) expect(validate('beta', 'POST', '/deviceAppManagement/mobileApps', body)).toEqual([]);
});

it('says what a device must have, in numbers and processors', () => {
  const { values, properties } = applyAppTemplate(
    template({ values: { minimumMemoryInMB: '4096', minimumFreeDiskSpaceInMB: '2000', architectures: 'x64' } }),
    words,
    { ...win32, fields: [...win32.fields, { id: 'architectures' }] },
  );
  const body = { '@odata.type': '#microsoft.graph.win32LobApp', ...withTemplate(baseApp, properties) };

  expect(values).toEqual({ architectures: 'x64' });
  expect(properties).toEqual({ minimumMemoryInMB: 4096, minimumFreeDiskSpaceInMB: 2000 });
  if (validate !== null) expect(validate('v1.0', 'POST', '/deviceAppManagement/mobileApps', body)).toEqual([]);
});

it.each([
  ['raises what the package asks for', 'v12_0', 'v8_0', { minimumOs: 'v12_0' }, []],
  ['does not lower it', 'v6_0', 'v8_0', {}, ['Minimum Android version: the package needs Android 8.0, so that stays.']],
])('a minimum system %s', (_what, minimumAndroid, value, values, leftOut) => {
  const target = { graphType: 'androidLobApp', fields: [{ id: 'minimumOs', value }] };

  expect(applyAppTemplate(template({ values: { minimumAndroid } }), words, target)).toMatchObject({ values, leftOut });
});

it('puts requirements beside the detection of the package, and its own detection in its place', () => {
  const only = applyAppTemplate(template({ rules: [requirement('file', { path: 'C:\\', name: 'a' })] }), words, win32);
  const own = applyAppTemplate(template({ rules: [rule({})] }), words, win32);
  const types = (app: Record<string, unknown>) =>
    (app.rules as { '@odata.type': string }[]).map((each) => each['@odata.type']);

  expect(types(withTemplate(baseApp, only.properties))).toEqual([
    '#microsoft.graph.win32LobAppProductCodeRule',
    '#microsoft.graph.win32LobAppFileSystemRule',
  ]);
  expect(types(withTemplate(baseApp, own.properties))).toEqual(['#microsoft.graph.win32LobAppFileSystemRule']);
});

it.each<[string, AppRule, string]>([
  ['a product code as a requirement', requirement('productCode', { productCode: 'x' }), 'can only be detected'],
  ['a file without its folder', rule({ values: { name: 'a' } }), 'Write a folder'],
  ['a comparison with nothing', rule({ values: { path: 'C:\\', name: 'a', what: 'version' } }), 'compared with'],
  ['a key without a hive', rule({ kind: 'registry', values: { path: 'SOFTWARE\\x' } }), 'HKEY_LOCAL_MACHINE'],
  ['an empty script', rule({ kind: 'script', values: {} }), 'Write the script'],
  ['a placeholder that does not exist', rule({ values: { path: 'C:\\{folder}', name: 'a' } }), '{folder}'],
])('refuses %s', (_what, wrong, expected) => {
  expect(ruleFault(wrong)).toContain(expected);
});

it('lets a detection script stand alone only', () => {
  const script = rule({ kind: 'script', values: { script: 'x' } });

  expect(rulesFault([script])).toBeNull();
  expect(rulesFault([script, rule({})])).toContain('stands alone');
  expect(rulesFault([script, requirement('file', { path: 'C:\\', name: 'a' })])).toBeNull();
});

it.each<[string, Partial<AppTemplate>, string]>([
  ['no name', { name: ' ' }, 'name'],
  ['an unknown placeholder', { values: { description: 'For {team}' } }, 'description'],
  ['a link that is none', { values: { informationUrl: 'contoso' } }, 'informationUrl'],
  ['a time beyond a day', { values: { maxRunTime: '5000' } }, 'maxRunTime'],
  ['a choice that does not exist', { values: { runAs: 'root' } }, 'runAs'],
  ['scope tags by name', { values: { roleScopeTagIds: 'Mobile' } }, 'roleScopeTagIds'],
])('does not save %s', (_what, change, field) => {
  expect(Object.keys(appTemplateFaults(template(change)))).toEqual([field]);
});

it('takes braces in scripts and GUIDs as they are', () => {
  expect(
    appTemplateFaults(template({ values: { preScript: 'if [ -d x ]; then {echo}; fi', notes: '{11111111-2222}' } })),
  ).toEqual({});
});
