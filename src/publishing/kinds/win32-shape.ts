import { windowsReleases } from '../../graph/windows-minimum-os.ts';
import type { ExeFacts, FolderFacts, IntunewinFacts, MsiDetails, MsiFacts } from '../../packages/package-facts.ts';
import { storedZipSize } from '../../packages/stored-zip.ts';
import { type AppContent, packageItself } from '../app-content.ts';
import type { AppShape, SettingField, Settings } from './app-shape.ts';
import { proposedCommands, proposedUninstallKey } from './win32-commands.ts';
import { detectionFaults, detectionFields, detectionRule } from './win32-detection.ts';

interface Msi {
  productCode: string;
  productName: string | null;
  productVersion: string | null;
  upgradeCode: string | null;
  publisher: string | null;
  packageType: MsiDetails['packageType'];
}

/** What the packages of this type have in common, whatever their format. */
interface Outline {
  /** Paths that can be started, the likeliest first; none where the package does not say. */
  setupFiles: string[];
  msi: Msi | null;
  installer: string | null;
  productName: string | null;
  version: string | null;
  architectures: string;
  explanation: string | null;
  content(fileName: string): AppContent;
}

/** https://learn.microsoft.com/graph/api/resources/intune-apps-win32lobapp */
export function win32Shape(facts: IntunewinFacts | ExeFacts | MsiFacts | FolderFacts, fileName: string): AppShape {
  const outline = outlineOf(facts, fileName);
  const { msi, version } = outline;
  const [setup = ''] = outline.setupFiles;
  const { installer, productName } = outline;
  const commands =
    setup === ''
      ? { install: '', uninstall: '' }
      : proposedCommands({ file: setup, productCode: msi?.productCode ?? null, installer, productName });
  const uninstallKey = proposedUninstallKey(installer, productName);
  return {
    graphType: 'win32LobApp',
    noun: 'a Windows app (Win32)',
    explanation: outline.explanation,
    fields: [
      setupField(outline, setup),
      {
        id: 'installCommand',
        label: 'Install command',
        hint: 'Nobody can answer a question while it runs. Try it on a device first.',
        value: commands.install,
        isRequired: true,
        maxLength: 1_000,
        isFurther: msi !== null && setup.toLowerCase().endsWith('.msi'),
      },
      {
        id: 'uninstallCommand',
        label: 'Uninstall command',
        value: commands.uninstall,
        isRequired: true,
        maxLength: 1_000,
        isFurther: msi !== null && commands.uninstall !== '',
      },
      ...detectionFields({ productCode: msi?.productCode ?? null, uninstallKey, version }),
      ...furtherFields(outline),
    ],
    check: detectionFaults,
    draft: (texts, settings, name) => ({
      properties: {
        fileName: name.replace(/(\.[a-z0-9]+)?$/i, '.intunewin'),
        setupFilePath: (settings.setupFile ?? '').replaceAll('/', '\\'),
        installCommandLine: settings.installCommand ?? '',
        uninstallCommandLine: settings.uninstallCommand ?? '',
        ...architecturesOf(settings),
        minimumSupportedWindowsRelease: settings.minimumWindows ?? '',
        installExperience: {
          '@odata.type': '#microsoft.graph.win32LobAppInstallExperience',
          runAsAccount: settings.runAs ?? 'system',
          deviceRestartBehavior: settings.restart ?? 'basedOnReturnCode',
        },
        returnCodes,
        rules: [detectionRule(settings, msi?.productCode ?? null)],
        ...(msi === null ? {} : { msiInformation: msiInformation(msi) }),
        ...(settings.displayVersion ? { displayVersion: settings.displayVersion } : {}),
      },
      version: settings.displayVersion || version || '?',
      manifest: null,
      identities: [
        ...(msi === null ? [] : [{ 'msiInformation.productCode': msi.productCode }]),
        ...(msi?.upgradeCode ? [{ 'msiInformation.upgradeCode': msi.upgradeCode }] : []),
        { displayName: texts.displayName },
      ],
      content: outline.content(name),
    }),
  };
}

function outlineOf(facts: IntunewinFacts | ExeFacts | MsiFacts | FolderFacts, fileName: string): Outline {
  const nothing = { msi: null, installer: null, productName: facts.displayName, version: facts.version };
  const zipped = (name: string): AppContent => ({
    kind: 'zipped',
    name,
    size: storedZipSize([{ name, size: facts.size }]),
  });
  switch (facts.format) {
    case 'intunewin': {
      const { setupFile, unencryptedContentSize: size, mac, fileName: name, msi } = facts.details;
      return {
        ...nothing,
        setupFiles: setupFile === null ? [] : [setupFile.replaceAll('\\', '/')],
        msi: msi === null ? null : { ...msi, productName: facts.details.name },
        architectures: 'x86,x64',
        explanation: null,
        content: () => ({ kind: 'sealed', name, size, mac }),
      };
    }
    case 'zip':
      return {
        ...nothing,
        setupFiles: facts.details.setupFiles,
        architectures: 'x86,x64',
        explanation: 'The archive becomes the content of a Win32 app as it is; no other tool is needed.',
        content: () => packageItself,
      };
    case 'exe':
      return {
        ...nothing,
        setupFiles: [fileName],
        installer: facts.details.installerKind,
        architectures: 'x86,x64',
        explanation: 'Wrapped as a Win32 app on its way; no other tool is needed.',
        content: zipped,
      };
    case 'msi': {
      const { details } = facts;
      const { productCode, productName, productVersion, upgradeCode, manufacturer, packageType } = details;
      return {
        ...nothing,
        setupFiles: [fileName],
        msi: { productCode, productName, productVersion, upgradeCode, publisher: manufacturer, packageType },
        architectures: { x64: 'x64', amd64: 'x64', arm64: 'arm64' }[details.platform?.toLowerCase() ?? ''] ?? 'x86,x64',
        explanation:
          'Wrapped as a Win32 app on its way: Intune finds it by its product code, and it can be required by others and superseded.',
        content: zipped,
      };
    }
  }
}

function setupField({ setupFiles }: Outline, setup: string): SettingField {
  const field = {
    id: 'setupFile',
    label: 'Setup file',
    hint: 'What the install command starts, with its folder in the content.',
    value: setup,
    isRequired: true,
    maxLength: 200,
  };
  if (setupFiles.length === 0) return field;
  if (setupFiles.length === 1) return { ...field, isFurther: true };
  return { ...field, choices: setupFiles.map((file) => ({ title: file, value: file })) };
}

function furtherFields({ msi, architectures, version }: Outline): SettingField[] {
  return [
    {
      id: 'runAs',
      label: 'Installs as',
      isFurther: true,
      isRequired: true,
      value: msi?.packageType === 'perUser' ? 'user' : 'system',
      choices: [
        { title: 'The system', value: 'system' },
        { title: 'The person who is signed in', value: 'user' },
      ],
    },
    {
      id: 'restart',
      label: 'Restart of the device',
      isFurther: true,
      isRequired: true,
      value: 'basedOnReturnCode',
      choices: [
        { title: 'As the installer’s return code says', value: 'basedOnReturnCode' },
        { title: 'The app may restart it', value: 'allow' },
        { title: 'Never', value: 'suppress' },
        { title: 'Always', value: 'force' },
      ],
    },
    {
      id: 'architectures',
      label: 'Processors',
      isFurther: true,
      isRequired: true,
      value: architectures,
      choices: [
        { title: '32-bit and 64-bit', value: 'x86,x64' },
        { title: '64-bit only', value: 'x64' },
        { title: '32-bit only', value: 'x86' },
        { title: '64-bit and ARM64', value: 'x64,arm64' },
        { title: 'ARM64 only', value: 'arm64' },
      ],
    },
    {
      id: 'minimumWindows',
      label: 'Minimum Windows version',
      isFurther: true,
      isRequired: true,
      value: '1809',
      choices: windowsReleases.map(({ release, label }) => ({ title: label, value: release })),
    },
    {
      id: 'displayVersion',
      label: 'Version',
      hint: 'Shown in Company Portal, and compared when a later version is published.',
      isFurther: true,
      value: (version ?? '').slice(0, 60),
      maxLength: 60,
    },
  ];
}

/** Beta alone knows arm64, and takes it in the newer property only. */
function architecturesOf({ architectures = 'x86,x64' }: Settings): Record<string, string> {
  if (!architectures.includes('arm64')) return { applicableArchitectures: architectures };
  return { applicableArchitectures: 'none', allowedArchitectures: architectures };
}

const returnCode = (code: number, type: string) => ({
  '@odata.type': '#microsoft.graph.win32LobAppReturnCode',
  returnCode: code,
  type,
});
/** Those that Intune proposes itself. */
const returnCodes = [
  returnCode(0, 'success'),
  returnCode(1707, 'success'),
  returnCode(3010, 'softReboot'),
  returnCode(1641, 'hardReboot'),
  returnCode(1618, 'retry'),
];

function msiInformation(msi: Msi): Record<string, unknown> {
  return {
    '@odata.type': '#microsoft.graph.win32LobAppMsiInformation',
    packageType: msi.packageType,
    productCode: msi.productCode,
    productName: msi.productName,
    productVersion: msi.productVersion,
    publisher: msi.publisher,
    requiresReboot: false,
    upgradeCode: msi.upgradeCode,
  };
}
