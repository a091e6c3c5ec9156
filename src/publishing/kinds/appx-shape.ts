import { windowsFlagFor, windowsReleases } from '../../graph/windows-minimum-os.ts';
import type { AppxFacts } from '../../packages/package-facts.ts';
import { packageItself } from '../app-content.ts';
import type { AppShape } from './app-shape.ts';

const anyWindows10 = { title: 'Windows 10', value: 'v10_0' };

/** https://learn.microsoft.com/graph/api/resources/intune-apps-windowsuniversalappx */
export function appxShape(facts: AppxFacts): AppShape {
  const { identityName, publisherHash, identityVersion, isBundle, minVersion, resourceId } = facts.details;
  return {
    graphType: 'windowsUniversalAppX',
    noun: 'a Windows app (MSIX or AppX)',
    explanation: null,
    fields: [
      {
        id: 'minimumOs',
        label: 'Minimum Windows version',
        hint: 'Read from the package. Devices below it do not get the app.',
        isRequired: true,
        value: windowsFlagFor(minVersion),
        choices: [
          anyWindows10,
          ...windowsReleases.flatMap(({ flag, label }) => (flag === null ? [] : [{ title: label, value: flag }])),
        ],
      },
    ],
    draft: (_texts, settings, fileName) => ({
      properties: {
        applicableArchitectures: architecturesOf(facts),
        applicableDeviceTypes: 'desktop',
        identityName,
        identityPublisherHash: publisherHash,
        identityResourceIdentifier: resourceId ?? '',
        identityVersion,
        isBundle,
        minimumSupportedOperatingSystem: { [settings.minimumOs ?? '']: true },
      },
      version: identityVersion,
      // The name of the file, in ASCII.
      manifest: Buffer.from(fileName.replace(/[^\x20-\x7e]/g, '_'), 'ascii').toString('base64'),
      identities: [{ identityName, identityPublisherHash: publisherHash }],
      content: packageItself,
    }),
  };
}

const known = ['x86', 'x64', 'arm', 'arm64', 'neutral'];

/** https://learn.microsoft.com/graph/api/resources/intune-apps-windowsarchitecture */
function architecturesOf({ details }: AppxFacts): string {
  const named = details.architectures.map((name) => name.toLowerCase());
  const found = known.filter((name) => named.includes(name));
  return found.length === 0 ? 'neutral' : found.join(',');
}
