import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { type LocalCloud, startLocalCloud } from '../../demo/local-cloud.ts';
import { ZipArchive } from '../../src/packages/zip-archive.ts';
import { loadGraphValidator } from '../fakes/graph-metadata.ts';
import { memorySource } from '../fakes/memory-source.ts';
import { ProductRig, redirectUris } from '../fakes/product-rig.ts';
import { PublishConversation } from '../fakes/publish-conversation.ts';
import { certificate } from '../packages/fixtures/certificate.ts';
import { buildProfile, profilePlist } from '../packages/fixtures/ipa-file.ts';
import { type LinkServer, serveFile, startLinkServer } from '../packages/fixtures/link-server.ts';
import { buildZip } from '../packages/fixtures/zip-file.ts';

const validate = await loadGraphValidator();
/** Packages that people have shipped. They lie outside the repository: too large, or not free enough. */
const corpus = new URL('../../../shared/corpus/', import.meta.url);
const isCorpusThere = existsSync(corpus);
if (!isCorpusThere)
  process.stderr.write('The corpus of packages is not here: of the real packages only an APK is published.\n');

/** What the local cloud was sent. */
const sent: { version: string; method: string; path: string; body: unknown }[] = [];
const opened = new Map<string, Buffer[]>();
let cloud: LocalCloud;
let rig: ProductRig;
let files: LinkServer;
let chat: PublishConversation;

beforeAll(async () => {
  cloud = await startLocalCloud({
    storage: 'memory',
    pace: 'instant',
    redirectUris,
    watch: {
      sent: (request) => sent.push(request),
      opened: (appId, plain) => opened.set(appId, [...(opened.get(appId) ?? []), plain]),
    },
  });
  files = await startLinkServer(serveFile(Buffer.from('x')));
  rig = await ProductRig.start({ cloud, packageHosts: [new URL(files.origin).host] });
  chat = await PublishConversation.start(rig, files, rig.teams.person('Alex Wilber'));
});

afterAll(async () => {
  await rig.close();
  await files.close();
  await cloud.stop();
});

interface RealPackage {
  path: string;
  type: string;
  /** Makes one that can be published of a package that no longer can. */
  prepared?: (bytes: Buffer) => Promise<Buffer>;
  /** What the content is; the package itself where nothing is said. */
  content?: (bytes: Buffer, plain: Buffer) => Promise<void>;
}

const itself = async (bytes: Buffer, plain: Buffer) => expect(plain.equals(bytes)).toBe(true);

/** The package, whole and alone, in the archive that Win32 apps are sent in. */
const inArchive = (name: string) => async (bytes: Buffer, plain: Buffer) => {
  const zip = await ZipArchive.open(memorySource(plain));
  expect([...zip.entries()]).toEqual([name]);
  expect((await zip.readEntry(name, bytes.length))?.equals(bytes)).toBe(true);
};

/** The uploaded bytes are those of the package's inner file, so what opens is what was packed. */
const innerFile = async (bytes: Buffer, plain: Buffer) => {
  const outer = await ZipArchive.open(memorySource(bytes));
  const detection = await outer.readEntry('IntuneWinPackage/Metadata/Detection.xml', 100_000);
  const told = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(detection?.toString('utf8') ?? '')?.[1];
  const commits = sent.flatMap(({ path, body }) => (path.endsWith('/commit') ? [body] : []));
  expect(commits.at(-1)).toMatchObject({
    fileEncryptionInfo: {
      encryptionKey: told('EncryptionKey'),
      mac: told('Mac'),
      initializationVector: told('InitializationVector'),
      fileDigest: told('FileDigest'),
    },
  });
  expect(String(plain.length)).toBe(told('UnencryptedContentSize'));
};

/** The profiles of packages that were published once have ended, and Intune takes no such app. */
async function withNewProfile(bytes: Buffer): Promise<Buffer> {
  const zip = await ZipArchive.open(memorySource(bytes));
  const profile = buildProfile({ plist: profilePlist({ ExpirationDate: new Date('2099-01-01T00:00:00Z') }) });
  const entries = [];
  for (const name of zip.entries()) {
    const content = (await zip.readEntry(name, 10_000_000)) ?? Buffer.alloc(0);
    entries.push({ name, content: name.endsWith('.app/embedded.mobileprovision') ? profile : content });
  }
  return buildZip(entries);
}

/** Whoever makes a package for Apple's device management signs it: a signature stands in the table of contents. */
async function signed(bytes: Buffer): Promise<Buffer> {
  const start = bytes.readUInt16BE(4);
  const end = start + Number(bytes.readBigUInt64BE(8));
  const signer = await certificate('CN=Developer ID Installer: Example Ltd (ABCDE12345), O=Example Ltd');
  const keyInfo = `<KeyInfo><X509Data><X509Certificate>${signer}</X509Certificate></X509Data></KeyInfo>`;
  const toc = inflateSync(bytes.subarray(start, end)).toString('utf8');
  const written = Buffer.from(toc.replace('<toc>', `<toc><signature style="RSA">${keyInfo}</signature>`));
  const packed = deflateSync(written);
  const header = Buffer.from(bytes.subarray(0, start));
  header.writeBigUInt64BE(BigInt(packed.length), 8);
  header.writeBigUInt64BE(BigInt(written.length), 16);
  return Buffer.concat([header, packed, bytes.subarray(end)]);
}

const apk = {
  path: createRequire(import.meta.url).resolve('android-apidemos/apks/ApiDemos-debug.apk'),
  type: 'androidLobApp',
};
const ofCorpus: RealPackage[] = [
  { path: 'apk/com.politedroid_6.apk', type: 'androidLobApp' },
  { path: 'ipa/fastlane-very-capable-app.ipa', type: 'iosLobApp', prepared: withNewProfile },
  { path: 'msi/built-wixl-permachine.msi', type: 'windowsMobileMSI' },
  { path: 'exe/built-nsis-setup.exe', type: 'win32LobApp', content: inArchive('built-nsis-setup.exe') },
  { path: 'intunewin/scloud-winget-updater.intunewin', type: 'win32LobApp', content: innerFile },
  { path: 'msix/winget-Installer-Signed-Good.msix', type: 'windowsUniversalAppX' },
  { path: 'msix/TestAppxPackage_x64.appx', type: 'windowsUniversalAppX' },
  { path: 'msix/ContainsNeutralAndX86AppPackages.appxbundle', type: 'windowsUniversalAppX' },
  { path: 'pkg/built-GoogleChrome.pkg', type: 'macOSPkgApp' },
  { path: 'pkg/built-1password-8.10.34.pkg', type: 'macOSLobApp', prepared: signed },
  { path: 'dmg/relic-dummy.dmg', type: 'macOSDmgApp' },
];
const real: RealPackage[] = [
  apk,
  ...(isCorpusThere ? ofCorpus.map((one) => ({ ...one, path: new URL(one.path, corpus).pathname })) : []),
];

/** What only a person knows; fields that a kind does not have are overlooked. */
const typed = {
  publisher: 'Example',
  uninstallCommand: 'remove.exe',
  detectBy: 'file',
  detectPath: 'C:\\Program Files\\Example',
  detectName: 'example.exe',
};

async function publish(bytes: Buffer, name: string, type: string) {
  sent.length = 0;
  const displayName = `${type} ${name}`;
  await chat.publish(await chat.draft(bytes, name), { ...typed, displayName });
  const [app] = chat.apps(type, displayName);
  expect(app?.content?.verified).toBe(true);
  return Buffer.concat(opened.get(app?.id ?? '') ?? []);
}

function expectValid(type: string): void {
  // The package of an app that Intune has already changes that app.
  const isApp = (path: string) => /\/mobileApps(\/[^/]+)?$/.test(path);
  const [app] = sent.filter(({ path }) => isApp(path));
  expect(app?.body).toMatchObject({ '@odata.type': `#microsoft.graph.${type}` });
  expect(sent.map(({ path }) => path.replace(/.*\//, ''))).toEqual(expect.arrayContaining(['files', 'commit']));
  for (const { version, method, path, body } of sent)
    expect({ path, faults: validate?.(version, method, path, body) ?? [] }).toEqual({ path, faults: [] });
}

describe('a package that people have shipped', () => {
  it.each(real.map((one) => [basename(one.path), one.type, one] as const))(
    '%s becomes %s: every request is valid, and Intune holds what was sent',
    async (name, type, one) => {
      const file = readFileSync(one.path);
      const bytes = (await one.prepared?.(file)) ?? file;

      const plain = await publish(bytes, name, type);

      expectValid(type);
      await (one.content ?? itself)(bytes, plain);
    },
  );

  (isCorpusThere ? it : it.skip)('in a zip archive with its setup becomes win32LobApp', async () => {
    const setup = readFileSync(new URL('exe/built-nsis-setup.exe', corpus));
    const bytes = buildZip([
      { name: 'setup.exe', content: setup },
      { name: 'readme.txt', content: 'read' },
    ]);

    const plain = await publish(bytes, 'folder.zip', 'win32LobApp');

    expectValid('win32LobApp');
    await itself(bytes, plain);
  });
});
