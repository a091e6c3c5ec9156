import type { MsiFacts } from '../../packages/package-facts.ts';
import { packageItself } from '../app-content.ts';
import { type AppShape, escapedXml, yesOrNo } from './app-shape.ts';

/** https://learn.microsoft.com/graph/api/resources/intune-apps-windowsmobilemsi */
export function msiShape(facts: MsiFacts): AppShape {
  const { productCode, productVersion, packageType } = facts.details;
  return {
    graphType: 'windowsMobileMSI',
    noun: 'a Windows app (MSI)',
    explanation:
      'Published as a line-of-business MSI: Windows installs it by itself, without detection rules or dependencies. As a Win32 app it can be detected, required and superseded more exactly.',
    fields: [
      {
        id: 'commandLine',
        label: 'Command-line arguments',
        hint: 'Added to msiexec, for example INSTALLDIR="C:\\Apps". Quiet installation needs none.',
        value: '',
        maxLength: 1_000,
        isFurther: true,
      },
      ...(packageType === 'dualPurpose'
        ? [
            {
              id: 'context',
              label: 'Installed for',
              hint: 'The package can do both.',
              value: 'device',
              choices: [
                { title: 'The device', value: 'device' },
                { title: 'The person who signs in', value: 'user' },
              ],
              isFurther: true,
              isRequired: true,
            },
          ]
        : []),
      {
        id: 'ignoreVersion',
        label: 'When another version is on the device',
        hint: 'Leave it alone where the app updates itself.',
        value: 'false',
        choices: yesOrNo('Leave it alone', 'Install this version'),
        isFurther: true,
        isRequired: true,
      },
    ],
    draft: (texts, settings) => ({
      properties: {
        commandLine: settings.commandLine ?? '',
        productCode,
        productVersion: productVersion ?? '',
        ignoreVersionDetection: settings.ignoreVersion === 'true',
        ...(settings.context === undefined ? {} : { useDeviceContext: settings.context !== 'user' }),
      },
      version: productVersion ?? '?',
      manifest: msiManifest(facts),
      // A later version mostly has another product code, and Intune does not keep the upgrade code of such an app.
      identities: [{ productCode }, { displayName: texts.displayName }],
      content: packageItself,
    }),
  };
}

const contexts = { perMachine: 'System', perUser: 'User', dualPurpose: 'Any' } as const;

/** Without an XML declaration and with an end tag of its own: Intune does not take it otherwise. */
function msiManifest({ details }: MsiFacts): string {
  const { packageType, upgradeCode } = details;
  const attributes = {
    MsiExecutionContext: contexts[packageType],
    MsiRequiresReboot: 'false',
    MsiUpgradeCode: upgradeCode ?? '',
    MsiIsMachineInstall: String(packageType !== 'perUser'),
    MsiIsUserInstall: String(packageType !== 'perMachine'),
    MsiIncludesServices: 'false',
    MsiContainsSystemRegistryKeys: 'false',
    MsiContainsSystemFolders: 'false',
  };
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${escapedXml(value)}"`);
  return Buffer.from(`<MobileMsiData ${written.join(' ')}></MobileMsiData>`, 'ascii').toString('base64');
}
