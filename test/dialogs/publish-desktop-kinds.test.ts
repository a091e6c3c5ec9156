import { createHash } from 'node:crypto';
import { cardText } from '../fakes/card-check.ts';
import type { Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { PublishConversation } from '../fakes/publish-conversation.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { buildDmg, notesApp } from '../packages/fixtures/dmg-file.ts';
import { buildExe } from '../packages/fixtures/exe-file.ts';
import { buildIntunewin } from '../packages/fixtures/intunewin-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';
import { buildMsi } from '../packages/fixtures/msi-file.ts';
import { buildProduct } from '../packages/fixtures/pkg-file.ts';
import { buildZip } from '../packages/fixtures/zip-file.ts';

let rig: ProductRig;
let files: LinkServer;
let alex: Person;
let chat: PublishConversation;

beforeAll(async () => {
  files = await startLinkServer(serveFile(Buffer.from('x')));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
  alex = rig.teams.person('Alex Wilber');
});

afterAll(async () => {
  await rig.close();
  await files.close();
});

beforeEach(async () => {
  chat = await PublishConversation.start(rig, files, alex);
});

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const lastFile = (app: { versions: { files: { name: string | null; manifest: string | null }[] }[] } | undefined) =>
  app?.versions.at(-1)?.files.at(-1);
const file = { detectBy: 'file', detectPath: '%ProgramFiles%\\Contoso', detectName: 'notes.exe' };

describe('an intunewin package', () => {
  const content = buildZip([{ name: 'setup.exe', content: 'a setup' }]);

  it('is sent as it was encrypted, and what is in it is what was packed', async () => {
    const bytes = buildIntunewin({ plain: content, info: { Name: 'Wrapped A' } });
    const draft = await chat.draft(bytes, 'wrapped.intunewin');
    const asked = await chat.press(draft, 'publish.plan', { publisher: 'Example', uninstallCommand: 'remove.exe' });
    expect(cardText(asked.card)).toContain('Write a folder with its drive or variable');

    const plan = await chat.publish(asked, file);

    expect(cardText(plan.card)).toContain('are uploaded as they were encrypted');
    const [app] = chat.apps('win32LobApp', 'Wrapped A');
    expect(app?.content).toEqual({ plainSha256: sha256(content), size: content.length, verified: true });
    expect(lastFile(app)).toMatchObject({ name: 'IntunePackage.intunewin', manifest: null });
    expect(app?.properties).toMatchObject({
      fileName: 'wrapped.intunewin',
      setupFilePath: 'setup.exe',
      installCommandLine: '"setup.exe"',
      uninstallCommandLine: 'remove.exe',
      installExperience: { runAsAccount: 'system', deviceRestartBehavior: 'basedOnReturnCode' },
      rules: [
        {
          '@odata.type': '#microsoft.graph.win32LobAppFileSystemRule',
          ruleType: 'detection',
          path: '%ProgramFiles%\\Contoso',
          fileOrFolderName: 'notes.exe',
          operationType: 'exists',
        },
      ],
    });
  });

  it('that was changed after it was encrypted publishes nothing', async () => {
    const broken = (sound: Buffer) => Buffer.from(sound.map((byte, at) => (at === 60 ? byte ^ 1 : byte)));
    const bytes = buildIntunewin({ plain: content, info: { Name: 'Wrapped B' }, content: broken });
    const draft = await chat.draft(bytes, 'wrapped.intunewin');
    const plan = await chat.press(draft, 'publish.plan', { publisher: 'Example', uninstallCommand: 'x', ...file });

    await chat.press(plan, 'publish.confirm');

    await rig.card(chat.place, 'Not published', 30_000);
    await waitFor(() => chat.apps('win32LobApp', 'Wrapped B').length === 0);
  });

  it('of an MSI fills commands and detection by itself', async () => {
    const msi =
      '<MsiInfo><MsiProductCode>{E1111111-2222-4333-8444-555555555555}</MsiProductCode><MsiProductVersion>3.1</MsiProductVersion>' +
      '<MsiUpgradeCode>{E2222222-2222-4333-8444-555555555555}</MsiUpgradeCode><MsiExecutionContext>System</MsiExecutionContext>' +
      '<MsiPublisher>Example Ltd</MsiPublisher></MsiInfo>';
    const plain = buildZip([{ name: 'tools.msi', content: 'an msi' }]);
    const bytes = buildIntunewin({ plain, extra: msi, info: { Name: 'Wrapped C', SetupFile: 'tools.msi' } });

    await chat.publish(await chat.draft(bytes, 'tools.intunewin'));

    expect(chat.apps('win32LobApp', 'Wrapped C')[0]?.properties).toMatchObject({
      installCommandLine: 'msiexec /i "tools.msi" /qn /norestart',
      uninstallCommandLine: 'msiexec /x "{E1111111-2222-4333-8444-555555555555}" /qn /norestart',
      displayVersion: '3.1',
      msiInformation: { packageType: 'perMachine', upgradeCode: '{E2222222-2222-4333-8444-555555555555}' },
      rules: [{ productCode: '{E1111111-2222-4333-8444-555555555555}' }],
    });
  });
});

describe('without Microsoft’s tool', () => {
  it('an installer program becomes a Win32 app whose content holds it', async () => {
    const bytes = buildExe({
      versions: { '040904b0': { ProductName: 'Setup D', ProductVersion: '7.2', CompanyName: 'Example Ltd' } },
    });

    const draft = await chat.draft(bytes, 'setup d.exe');
    await chat.publish(draft, { installCommand: '"setup d.exe" /S', uninstallCommand: 'gone.exe', ...file });

    const [app] = chat.apps('win32LobApp', 'Setup D');
    expect(app).toMatchObject({
      content: { verified: true },
      properties: { setupFilePath: 'setup d.exe', fileName: 'setup d.intunewin', displayVersion: '7.2' },
    });
  });

  it('an MSI is published as a Win32 app where somebody wants it so, and updated by its upgrade code', async () => {
    const msi = (version: string, code: string) =>
      buildMsi({ properties: { ProductName: 'Tools E', ProductVersion: version, ProductCode: code } });
    const publish = async (bytes: Buffer, choice = {}) => {
      const draft = await chat.draft(bytes, 'tools.msi');
      const asWin32 = await chat.press(draft, 'publish.step', {}, 'instead');
      expect(cardText(asWin32.card)).toContain('Wrapped as a Win32 app on its way');
      return chat.publish(asWin32, {}, choice);
    };
    await publish(msi('1.0', '{F1111111-2222-4333-8444-555555555555}'));

    const plan = await publish(msi('2.0', '{F2222222-2222-4333-8444-555555555555}'));

    expect(cardText(plan.card)).toContain('New version of Tools E: 1.0 → 2.0');
    expect(chat.apps('win32LobApp', 'Tools E')).toMatchObject([
      {
        committedContentVersion: '2',
        content: { verified: true },
        properties: { msiInformation: { productVersion: '2.0' }, applicableArchitectures: 'x64' },
      },
    ]);
  });

  it('a Win32 app is superseded by a new one where somebody wants it so', async () => {
    const plan = async (version: string, code: string) => {
      const UpgradeCode = '{AA000000-2222-4333-8444-555555555555}';
      const names = { ProductName: 'Tools S', ProductVersion: version, ProductCode: code, UpgradeCode };
      const bytes = buildMsi({ properties: names });
      const asWin32 = await chat.press(await chat.draft(bytes, 'tools.msi'), 'publish.step', {}, 'instead');
      return chat.press(asWin32, 'publish.plan');
    };
    const confirm = (asked: Awaited<ReturnType<typeof plan>>, choice = {}) => chat.confirm(asked, choice);
    await confirm(await plan('1.0', '{AA111111-2222-4333-8444-555555555555}'));
    const [old] = chat.apps('win32LobApp', 'Tools S');

    const asked = await plan('2.0', '{AA222222-2222-4333-8444-555555555555}');
    expect(cardText(asked.card)).toContain('A new app that supersedes Tools S 1.0');
    const done = await confirm(asked, { action: `supersede:${old?.id}`, supersedence: 'replace' });

    const [first, second] = chat.apps('win32LobApp', 'Tools S');
    expect(first).toMatchObject({ committedContentVersion: '1', relationships: [] });
    expect(second).toMatchObject({
      committedContentVersion: '1',
      content: { verified: true },
      relationships: [{ targetId: old?.id, supersedenceType: 'replace' }],
    });
    expect(cardText(done.card)).toContain('It supersedes Tools S 1.0, which devices uninstall before they install it.');

    const type = '#microsoft.graph.mobileAppSupersedence';
    const others = Array.from({ length: 9 }, (_, id) => ({
      '@odata.type': type,
      id: `r${id}`,
      targetId: old?.id ?? '',
    }));
    if (second !== undefined) second.relationships = others;
    const full = await plan('3.0', '{AA333333-2222-4333-8444-555555555555}');
    expect(cardText(full.card)).toContain('No further app can supersede Tools S: Intune lets 10 apps hang together');
    expect(JSON.stringify(full.card)).not.toContain(`supersede:${second?.id}`);
  });

  it('a zip archive of a folder is the content as it is, and one chooses what starts', async () => {
    const bytes = buildZip([
      { name: 'readme.txt', content: 'read' },
      { name: 'bin/helper.exe', content: 'help' },
      { name: 'install.ps1', content: 'Write-Host' },
    ]);

    const draft = await chat.draft(bytes, 'folder.zip');
    await chat.publish(draft, {
      displayName: 'Folder F',
      publisher: 'Example',
      uninstallCommand: 'powershell.exe -File "uninstall.ps1"',
      detectBy: 'registry',
      detectPath: 'HKLM:\\SOFTWARE\\Contoso',
      detectName: 'DisplayVersion',
      detectVersion: '1.2',
    });

    const [app] = chat.apps('win32LobApp', 'Folder F');
    expect(app?.content).toEqual({ plainSha256: sha256(bytes), size: bytes.length, verified: true });
    expect(app?.properties).toMatchObject({
      setupFilePath: 'install.ps1',
      installCommandLine: 'powershell.exe -NoProfile -ExecutionPolicy Bypass -File "install.ps1"',
      rules: [
        {
          '@odata.type': '#microsoft.graph.win32LobAppRegistryRule',
          keyPath: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso',
          operator: 'greaterThanOrEqual',
          comparisonValue: '1.2',
        },
      ],
    });
  });
});

describe('a Mac package', () => {
  it('without a signature goes to Intune’s agent, with its apps and scripts', async () => {
    const bytes = buildProduct({ title: 'Mac G' });
    const draft = await chat.draft(bytes, 'notes.pkg');
    const further = await chat.press(draft, 'publish.step', { publisher: 'Example' }, 'More');

    await chat.publish(further, { preScript: '#!/bin/zsh\necho hello' });

    const [app] = chat.apps('macOSPkgApp', 'Mac G');
    expect(app?.content).toEqual({ plainSha256: sha256(bytes), size: bytes.length, verified: true });
    expect(lastFile(app)).toMatchObject({ name: 'notes.pkg', manifest: null });
    expect(app?.properties).toMatchObject({
      primaryBundleId: 'com.example.notes',
      primaryBundleVersion: '3.0.1',
      includedApps: [{ bundleId: 'com.example.notes', bundleVersion: '3.0.1' }],
      minimumSupportedOperatingSystem: { v12_0: true },
      preInstallScript: { scriptContent: Buffer.from('#!/bin/zsh\necho hello').toString('base64') },
    });
  });

  it('disk image is published with the apps that are in it', async () => {
    const bytes = buildDmg([notesApp]);
    await chat.publish(await chat.draft(bytes, 'notes.dmg'), { displayName: 'Mac H', publisher: 'Example' });

    const [app] = chat.apps('macOSDmgApp', 'Mac H');
    expect(app?.content).toEqual({ plainSha256: sha256(bytes), size: bytes.length, verified: true });
    expect(app?.properties).toMatchObject({
      primaryBundleId: 'com.example.notes',
      primaryBundleVersion: '4.2',
      includedApps: [{ bundleId: 'com.example.notes', bundleVersion: '4.2' }],
    });
  });

  it('disk image whose apps cannot be read asks for bundle id and version', async () => {
    const bytes = buildDmg([{ path: 'Read me.txt', content: 'no app' }]);
    const draft = await chat.draft(bytes, 'odd.dmg');
    const asked = await chat.press(draft, 'publish.plan', { displayName: 'Mac I', publisher: 'Example' });
    expect(cardText(asked.card)).toContain('2 fields need a change');

    await chat.publish(asked, { bundleId: 'com.example.odd', bundleVersion: '1.0' });

    expect(chat.apps('macOSDmgApp', 'Mac I')[0]?.properties).toMatchObject({
      includedApps: [{ bundleId: 'com.example.odd', bundleVersion: '1.0' }],
    });
  });
});
