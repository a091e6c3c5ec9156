import type { CardElement } from '../../cards/card.ts';
import { facts, footer, header } from '../../cards/pieces.ts';
import { bytes, digest, plain } from '../../cards/text.ts';
import type { PackageFacts } from '../../packages/package-facts.ts';
import type { Release } from '../../publishing/releases.ts';

export const titleOf = (release: Release) => release.facts?.displayName ?? release.origin.fileName;

export const askedBy = (release: Release) => footer(`Asked by ${plain(release.requester.name)}`);

/** A card may be 24 KB at most; a larger icon is sent to Intune but not shown here. */
const largestShownIcon = 9_000;

/** Name, version and icon of the app that is in the package. */
export function appHeader(release: Release, badge: string): CardElement {
  const read = release.facts;
  const head = header({
    title: `${titleOf(release)} ${read?.version ?? ''}`.trim(),
    where: read?.identifier ?? undefined,
    badge: { text: badge, tone: 'default' },
  });
  if (release.icon === null || release.icon.base64.length > largestShownIcon) return head;
  const columns = head.columns as CardElement[];
  return {
    ...head,
    columns: [
      {
        type: 'Column',
        width: 'auto',
        items: [
          {
            type: 'Image',
            url: `data:${release.icon.mimeType};base64,${release.icon.base64}`,
            altText: 'Icon of the app',
            width: '40px',
          },
        ],
      },
      ...columns,
    ],
  };
}

type Row = [string, string | null];

export function packageFacts(release: Release): CardElement | null {
  const read = release.facts;
  return facts([
    ['File', release.origin.fileName],
    ['Size', bytes(release.origin.size)],
    ['From', release.origin.kind === 'link' ? release.origin.host : null],
    ...(read === null ? [] : rowsOf(read)),
    ['SHA-256', release.sha256 === null ? null : digest(release.sha256)],
  ]);
}

const list = (names: readonly string[]) => names.slice(0, 6).join(', ') + (names.length > 6 ? ' …' : '');

function rowsOf(read: PackageFacts): Row[] {
  switch (read.format) {
    case 'apk':
      return [
        ['Version', `${read.version ?? '?'} (${read.details.versionCode})`],
        [
          'Android',
          `API ${read.details.minSdkVersion ?? '1'} and later, made for ${read.details.targetSdkVersion ?? '?'}`,
        ],
      ];
    case 'ipa':
      return [
        ['Version', `${read.details.versionNumber ?? '?'} (${read.details.buildNumber ?? '?'})`],
        ['iOS', `${read.details.minimumOSVersion ?? 'any'} and later`],
        ['Profile ends', read.details.provisioningExpiration?.slice(0, 10) ?? null],
      ];
    case 'msi':
      return [
        ['Version', read.version],
        ['Product code', read.details.productCode],
        [
          'Installs for',
          { perMachine: 'the device', perUser: 'a person', dualPurpose: 'either' }[read.details.packageType],
        ],
        ['Made for', read.details.platform],
      ];
    case 'intunewin':
      return [
        ['Version', read.version],
        ['Setup file', read.details.setupFile],
        ['Content', bytes(read.details.unencryptedContentSize)],
      ];
    case 'exe':
      return [
        ['Version', read.version],
        ['Made by', read.details.companyName],
      ];
    case 'zip':
      return [['Setup files', list(read.details.setupFiles)]];
    case 'pkg':
      return [
        ['Version', read.version],
        ['Apps', list(read.details.bundles.map(({ bundleId }) => bundleId))],
        ['Signed', read.details.signed ? 'yes' : 'no'],
        ['macOS', read.details.minimumOSVersion === null ? null : `${read.details.minimumOSVersion} and later`],
      ];
    case 'dmg':
      return [
        ['Version', read.version],
        ['Apps', list(read.details.apps.map(({ bundleId }) => bundleId))],
      ];
    default:
      return [
        ['Version', read.version],
        ['Architectures', list(read.details.architectures)],
        ['Windows', read.details.minVersion === null ? null : `${read.details.minVersion} and later`],
      ];
  }
}
