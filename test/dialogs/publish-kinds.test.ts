import { createHash } from 'node:crypto';
import { cardText } from '../fakes/card-check.ts';
import type { Person } from '../fakes/connector.ts';
import { ProductRig } from '../fakes/product-rig.ts';
import { PublishConversation } from '../fakes/publish-conversation.ts';
import { waitFor } from '../fakes/wait-for.ts';
import { buildAppx, signature } from '../packages/fixtures/appx-file.ts';
import { appInfo, buildIpa, buildProfile, profilePlist } from '../packages/fixtures/ipa-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';
import { buildMsi } from '../packages/fixtures/msi-file.ts';
import { xmlPlist } from '../packages/fixtures/property-list-file.ts';

let rig: ProductRig;
let files: LinkServer;
let alex: Person;

beforeAll(async () => {
  files = await startLinkServer(serveFile(Buffer.from('x')));
  rig = await ProductRig.start({ packageHosts: [new URL(files.origin).host] });
  alex = rig.teams.person('Alex Wilber');
});

afterAll(async () => {
  await rig.close();
  await files.close();
});

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const manifestOf = (app: { versions: { files: { manifest: string | null }[] }[] } | undefined) =>
  Buffer.from(app?.versions.at(-1)?.files.at(-1)?.manifest ?? '', 'base64').toString('utf8');
const uncommitted = { verified: true };

describe('an iOS app', () => {
  const profile = buildProfile({ plist: profilePlist({ ExpirationDate: new Date('2099-06-01T12:00:00Z') }) });
  const ipa = (changes: Record<string, string>) => buildIpa({ info: xmlPlist(appInfo(changes)), profile });

  it('is published with its bundle, versions, devices, system and the end of its profile', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    const bytes = ipa({ CFBundleDisplayName: 'Notes A', CFBundleIdentifier: 'com.example.a' });

    const plan = await chat.publish(await chat.draft(bytes, 'notes.ipa'), { publisher: 'Example & Sons' });

    expect(cardText(plan.card)).toContain('An iOS app is created in Intune');
    const [app] = chat.apps('iosLobApp', 'Notes A');
    expect(app?.content).toEqual({ ...uncommitted, plainSha256: sha256(bytes), size: bytes.length });
    expect(app?.properties).toMatchObject({
      bundleId: 'com.example.a',
      versionNumber: '2.3.1',
      buildNumber: '45',
      applicableDeviceType: { iPad: true, iPhoneAndIPod: true },
      minimumSupportedOperatingSystem: { v16_0: true },
      expirationDateTime: '2099-06-01T12:00:00.000Z',
    });
    expect(manifestOf(app)).toContain('<key>title</key><string>Notes A</string>');
  });

  it('gets a new version in place: the plan says what changes, and words written in Intune stay', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    const named = { CFBundleDisplayName: 'Notes B', CFBundleIdentifier: 'com.example.b' };
    await chat.publish(await chat.draft(ipa(named), 'notes.ipa'), { publisher: 'Example' });
    const [app] = chat.apps('iosLobApp', 'Notes B');
    Object.assign(app?.properties ?? {}, { description: 'Written by Megan' });
    const next = ipa({ ...named, CFBundleShortVersionString: '3.0', CFBundleVersion: '50', MinimumOSVersion: '17.2' });

    const draft = await chat.draft(next, 'notes.ipa');
    const shown = await chat.publish(draft, { publisher: 'Example' }, { texts: 'keep' });

    const words = cardText(shown.card);
    expect(words).toContain('New version of Notes B: 2.3.1 (45) → 3.0 (50)');
    expect(words).toContain('45 → 50');
    expect(words).toContain('16 → 17');
    expect(chat.apps('iosLobApp', 'Notes B')).toHaveLength(1);
    expect(app).toMatchObject({
      committedContentVersion: '2',
      properties: {
        buildNumber: '50',
        minimumSupportedOperatingSystem: { v17_0: true },
        description: 'Written by Megan',
      },
    });
  });

  it('cannot take the place of the very same build', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    const bytes = ipa({ CFBundleDisplayName: 'Notes C', CFBundleIdentifier: 'com.example.c' });
    await chat.publish(await chat.draft(bytes, 'notes.ipa'), { publisher: 'Example' });
    const [app] = chat.apps('iosLobApp', 'Notes C');

    const plan = await chat.press(await chat.draft(bytes, 'notes.ipa'), 'publish.plan', { publisher: 'Example' });

    expect(cardText(plan.card)).toContain('another build number');
    const pressed = await chat.press(plan, 'publish.confirm', { action: `anyway:${app?.id}` });
    expect(cardText(pressed.card)).toContain('Choose whether it is a new version or a new app');
    expect(app?.committedContentVersion).toBe('1');
  });

  it('is refused when its profile has ended', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    const ended = buildProfile({ plist: profilePlist({ ExpirationDate: new Date('2024-01-01T00:00:00Z') }) });

    const refused = await chat.refusal(buildIpa({ profile: ended }), 'notes.ipa');

    expect(cardText(refused.card)).toContain('It ended on 2024-01-01');
  });

  it('asks until when it runs where it brings no profile', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    const info = xmlPlist(appInfo({ CFBundleDisplayName: 'Notes D', CFBundleIdentifier: 'com.example.d' }));
    const draft = await chat.draft(buildIpa({ info, profile: null }), 'notes.ipa');

    const asked = await chat.press(draft, 'publish.plan', { publisher: 'Example', expires: '31.12.2099' });
    expect(cardText(asked.card)).toContain('Write a day as year, month, day');
    await chat.publish(asked, { expires: '2099-12-31' });

    expect(chat.apps('iosLobApp', 'Notes D')[0]?.properties.expirationDateTime).toBe('2099-12-31T00:00:00Z');
  });
});

describe('a Windows Installer package', () => {
  const msi = (name: string, properties: Record<string, string | undefined> = {}) =>
    buildMsi({ properties: { ProductName: name, ...properties } });

  it('is published with its codes, and the manifest names its upgrade code', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    const bytes = msi('Tools A', { ProductCode: '{A1111111-2222-4333-8444-555555555555}' });

    await chat.publish(await chat.draft(bytes, 'tools.msi'));

    const [app] = chat.apps('windowsMobileMSI', 'Tools A');
    expect(app?.content).toEqual({ ...uncommitted, plainSha256: sha256(bytes), size: bytes.length });
    expect(app?.properties).toMatchObject({
      productCode: '{A1111111-2222-4333-8444-555555555555}',
      productVersion: '1.2.3',
      commandLine: '',
      ignoreVersionDetection: false,
    });
    expect(manifestOf(app)).toContain('MsiUpgradeCode="{AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE}"');
    expect(manifestOf(app)).toContain('MsiExecutionContext="System"');
  });

  it('keeps what was typed on both cards of the form', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    const draft = await chat.draft(msi('Tools B', { ProductCode: '{B1111111-2222-4333-8444-555555555555}' }), 'b.msi');

    const further = await chat.press(draft, 'publish.step', { description: 'My own words' }, 'More');
    expect(cardText(further.card)).toContain('Command-line arguments');
    const back = await chat.press(further, 'publish.step', { commandLine: 'SILENT=1', notes: 'Ask Kim' });
    expect(cardText(back.card)).toContain('My own words');
    await chat.publish(back);

    expect(chat.apps('windowsMobileMSI', 'Tools B')[0]?.properties).toMatchObject({
      commandLine: 'SILENT=1',
      description: 'My own words',
      notes: expect.stringContaining('Ask Kim'),
    });
  });

  it('goes to the person or the device where it can do both', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    const both = { ALLUSERS: '2', MSIINSTALLPERUSER: '1', ProductCode: '{C1111111-2222-4333-8444-555555555555}' };
    const draft = await chat.draft(msi('Tools C', both), 'c.msi');

    const further = await chat.press(draft, 'publish.step', {}, 'More');
    await chat.publish(further, { context: 'user' });

    expect(chat.apps('windowsMobileMSI', 'Tools C')[0]?.properties.useDeviceContext).toBe(false);
  });

  it('needs a yes of its own to go back to an older version', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    const code = { ProductCode: '{D1111111-2222-4333-8444-555555555555}' };
    await chat.publish(await chat.draft(msi('Tools D', { ...code, ProductVersion: '2.0' }), 'd.msi'));
    const [app] = chat.apps('windowsMobileMSI', 'Tools D');
    const draft = await chat.draft(msi('Tools D', { ...code, ProductVersion: '1.9.9' }), 'd.msi');

    const plan = await chat.press(draft, 'publish.plan');
    expect(cardText(plan.card)).toContain('Windows Installer does not replace a newer version');
    const asked = await chat.press(plan, 'publish.confirm', { action: `update:${app?.id}` });
    expect(cardText(asked.card)).toContain('Choose whether');
    await chat.press(asked, 'publish.confirm', { action: `anyway:${app?.id}` });

    await waitFor(() => app?.committedContentVersion === '2');
    expect(app?.properties.productVersion).toBe('1.9.9');
  });
});

describe('an MSIX package', () => {
  const msix = (name: string, identity: Record<string, string> = {}) =>
    buildAppx({ identity: { Name: `Example.${name}`, ...identity }, displayName: name }, [signature]);

  it('is published with its identity, architecture and system', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    const bytes = msix('ViewerA');

    await chat.publish(await chat.draft(bytes, 'viewer.msix'));

    const [app] = chat.apps('windowsUniversalAppX', 'ViewerA');
    expect(app?.content).toEqual({ ...uncommitted, plainSha256: sha256(bytes), size: bytes.length });
    expect(app?.properties).toMatchObject({
      applicableArchitectures: 'x64',
      applicableDeviceTypes: 'desktop',
      identityName: 'Example.ViewerA',
      identityVersion: '1.2.3.4',
      isBundle: false,
      minimumSupportedOperatingSystem: { v10_1809: true },
    });
    expect(manifestOf(app)).toBe('viewer.msix');
  });

  it('takes only a higher version, and its identity is not sent again', async () => {
    const chat = await PublishConversation.start(rig, files, alex);
    await chat.publish(await chat.draft(msix('ViewerB'), 'viewer.msix'));
    const [app] = chat.apps('windowsUniversalAppX', 'ViewerB');
    const lower = await chat.press(
      await chat.draft(msix('ViewerB', { Version: '1.2.3.3' }), 'viewer.msix'),
      'publish.plan',
    );
    expect(cardText(lower.card)).toContain('only if its version is higher');

    await chat.publish(
      await chat.draft(msix('ViewerB', { Version: '1.3.0.0', ProcessorArchitecture: 'arm64' }), 'viewer.msix'),
    );

    expect(app).toMatchObject({
      committedContentVersion: '2',
      properties: { identityVersion: '1.3.0.0', applicableArchitectures: 'arm64', identityName: 'Example.ViewerB' },
    });
  });
});
