import { versionForApp } from '../../../src/graph/graph-version.ts';
import type { PackageFacts } from '../../../src/packages/package-facts.ts';
import { readForPublishing } from '../../../src/packages/read-package.ts';
import type { Settings } from '../../../src/publishing/kinds/app-shape.ts';
import { appShapes } from '../../../src/publishing/kinds/app-shapes.ts';
import { proposedValues, readReleaseForm } from '../../../src/publishing/release-form.ts';
import { loadGraphValidator } from '../../fakes/graph-metadata.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { buildApk } from '../../packages/fixtures/apk-file.ts';
import { buildAppx, buildBundle } from '../../packages/fixtures/appx-file.ts';
import { buildDmg, notesApp } from '../../packages/fixtures/dmg-file.ts';
import { buildExe } from '../../packages/fixtures/exe-file.ts';
import { buildIntunewin } from '../../packages/fixtures/intunewin-file.ts';
import { appInfo, buildIpa } from '../../packages/fixtures/ipa-file.ts';
import { buildMsi } from '../../packages/fixtures/msi-file.ts';
import { buildProduct } from '../../packages/fixtures/pkg-file.ts';
import { xmlPlist } from '../../packages/fixtures/property-list-file.ts';
import { buildZip } from '../../packages/fixtures/zip-file.ts';

const validate = await loadGraphValidator();
const connectionId = '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001';

const win32 = { displayName: 'Notes', uninstallCommand: 'gone.exe' };
const byFile = { detectBy: 'file', detectPath: 'C:\\Program Files\\Contoso', detectName: 'notes.exe' };
const byKey = { detectBy: 'registry', detectPath: 'HKLM\\SOFTWARE\\Contoso', detectName: '', detectVersion: '' };
const files: [name: string, bytes: Buffer, typed: Settings, version: string][] = [
  ['old.apk', buildApk(), {}, 'v1.0'],
  ['new.apk', buildApk(), { minimumOs: 'v14_0' }, 'beta'],
  ['aosp.apk', buildApk(), { targetedPlatforms: 'androidOpenSourceProject' }, 'beta'],
  ['old.ipa', buildIpa({ info: xmlPlist(appInfo({ MinimumOSVersion: '13.0' })) }), {}, 'v1.0'],
  ['new.ipa', buildIpa(), { minimumOs: 'v26_0', devices: 'iPad' }, 'beta'],
  ['plain.msi', buildMsi(), { commandLine: 'A="b"', ignoreVersion: 'true' }, 'v1.0'],
  ['both.msi', buildMsi({ properties: { ALLUSERS: '2', MSIINSTALLPERUSER: '1' } }), {}, 'beta'],
  ['new.msix', buildAppx(), {}, 'beta'],
  ['any.msix', buildAppx(), { minimumOs: 'v10_0' }, 'v1.0'],
  ['arm.appx', buildAppx({ identity: { ProcessorArchitecture: 'arm64' } }), { minimumOs: 'v10_0' }, 'beta'],
  ['old.pkg', buildProduct(), {}, 'beta'],
  ['scripted.pkg', buildProduct(), { preScript: '#!/bin/sh', postScript: '#!/bin/sh', ignoreVersion: 'true' }, 'beta'],
  ['notes.dmg', buildDmg([notesApp]), {}, 'v1.0'],
  ['new.dmg', buildDmg([notesApp]), { minimumOs: 'v26_0' }, 'beta'],
  ['setup.exe', buildExe(), { ...win32, ...byFile }, 'v1.0'],
  ['versioned.exe', buildExe(), { ...win32, ...byFile, detectVersion: '1.2', displayVersion: '1.2' }, 'beta'],
  ['arm.exe', buildExe(), { ...win32, ...byKey, architectures: 'x64,arm64', runAs: 'user' }, 'beta'],
  ['wrapped.intunewin', buildIntunewin(), { ...win32, ...byKey }, 'v1.0'],
  ['folder.zip', buildZip([{ name: 'a/setup.exe', content: 'x' }]), { ...win32, ...byFile }, 'v1.0'],
];

async function bodiesOf(name: string, bytes: Buffer, typed: Settings, change: Partial<PackageFacts> = {}) {
  const read = await readForPublishing(memorySource(bytes), name);
  const facts = { ...read, ...change } as PackageFacts;
  return appShapes(facts, name).map((shape) => {
    const values = { ...proposedValues(facts, shape), publisher: 'Example', ...typed, connectionId };
    const read = readReleaseForm(values, shape);
    if ('faults' in read) throw new Error(JSON.stringify(read.faults));
    const { settings, connectionId: _, ...texts } = read.form;
    const draft = shape.draft(texts, settings, name);
    const body = {
      '@odata.type': `#microsoft.graph.${shape.graphType}`,
      ...texts,
      fileName: name,
      ...draft.properties,
    };
    return { type: shape.graphType, body, draft };
  });
}

it.each(files)('%s becomes what Graph takes', async (name, bytes, typed, version) => {
  const [usual, ...others] = await bodiesOf(name, bytes, typed);

  expect(usual && versionForApp(usual.type, usual.body)).toBe(version);
  for (const { type, body } of usual === undefined ? [] : [usual, ...others])
    expect(validate?.(versionForApp(type, body), 'POST', '/deviceAppManagement/mobileApps', body) ?? []).toEqual([]);
});

it('a signed Mac package becomes what Apple’s device management takes', async () => {
  const [managed, byAgent] = await bodiesOf('notes.pkg', buildProduct(), {}, { graphType: 'macOSLobApp' });

  expect(managed?.body).toMatchObject({
    bundleId: 'com.example.notes',
    // As Graph names them, which is the other way round.
    buildNumber: '3.0.1',
    versionNumber: '301',
    childApps: [{ bundleId: 'com.example.notes', buildNumber: '3.0.1', versionNumber: '301' }],
  });
  expect(validate?.('v1.0', 'POST', '/deviceAppManagement/mobileApps', managed?.body) ?? []).toEqual([]);
  expect(byAgent?.type).toBe('macOSPkgApp');
});

it.each([
  ['update in place', 'new.msix', buildAppx()],
  ['update of a Win32 app', 'tools.msi', buildMsi()],
])('what an %s sends is what Graph takes', async (_what, name, bytes) => {
  for (const { type, body } of await bodiesOf(name, bytes, {})) {
    const patch = { ...body, committedContentVersion: '2' };
    const path = '/deviceAppManagement/mobileApps/591620b7-20b7-5916-b720-1659b7201659';
    expect(validate?.(versionForApp(type, patch), 'PATCH', path, patch) ?? []).toEqual([]);
  }
});

it('names the members of a bundle', async () => {
  const bundle = buildBundle([
    {
      attributes: { Type: 'application', Version: '2.0.0.0', Architecture: 'x64', FileName: 'x64.msix' },
      content: buildAppx(),
    },
    { attributes: { Type: 'application', Version: '2.0.0.0', Architecture: 'arm64', FileName: 'arm64.msix' } },
  ]);

  const [app] = await bodiesOf('notes.msixbundle', bundle, {});

  expect(app?.body).toMatchObject({ isBundle: true, applicableArchitectures: 'x64,arm64' });
});
