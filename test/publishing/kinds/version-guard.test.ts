import type { GraphAppType } from '../../../src/packages/package-facts.ts';
import { judgeVersion, shownVersion } from '../../../src/publishing/kinds/version-guard.ts';

type Properties = Record<string, unknown>;

const android = (versionCode: string) => ({ versionCode, versionName: '1' });
const ios = (versionNumber: string, buildNumber: string) => ({ versionNumber, buildNumber });
const msix = (identityVersion: string) => ({ identityVersion });
const msi = (productVersion: string) => ({ productVersion });

describe('whether new content may replace what is there', () => {
  it.each<[string, GraphAppType, Properties, Properties, string]>([
    ['a higher version code', 'androidLobApp', android('26'), android('25'), 'allow'],
    [
      'a higher version code beyond 53 bits',
      'androidLobApp',
      android('9007199254740993'),
      android('9007199254740992'),
      'allow',
    ],
    ['the same version code', 'androidLobApp', android('25'), android('25'), 'ask'],
    ['a lower version code', 'androidLobApp', android('9'), android('25'), 'ask'],
    ['a higher build', 'iosLobApp', ios('1.0', '12'), ios('1.0', '9'), 'allow'],
    ['a higher version with a lower build', 'iosLobApp', ios('1.1', '1'), ios('1.0', '9'), 'allow'],
    ['the same build', 'iosLobApp', ios('1.0', '9'), ios('1.0', '9'), 'refuse'],
    ['the same build that is no number', 'iosLobApp', ios('1.0', '9f3a'), ios('1.0', '9f3a'), 'refuse'],
    ['another build that is no number', 'iosLobApp', ios('1.0', '9f3b'), ios('1.0', '9f3a'), 'allow'],
    ['a lower build', 'iosLobApp', ios('1.0', '8'), ios('1.0', '9'), 'ask'],
    ['a higher identity', 'windowsUniversalAppX', msix('1.10.0.0'), msix('1.9.0.0'), 'allow'],
    ['the same identity', 'windowsUniversalAppX', msix('1.9.0.0'), msix('1.9.0.0'), 'refuse'],
    ['a lower identity', 'windowsUniversalAppX', msix('1.2.0.0'), msix('1.9.0.0'), 'refuse'],
    ['an older product', 'windowsMobileMSI', msi('1.2'), msi('1.10'), 'ask'],
    ['a product whose version is no number', 'windowsMobileMSI', msi('R2'), msi('1.10'), 'allow'],
    ['an app without a version', 'win32LobApp', { displayVersion: '2.0' }, {}, 'allow'],
    [
      'an MSI in a Win32 app',
      'win32LobApp',
      { msiInformation: { productVersion: '1.0' } },
      { displayVersion: '1.0.0' },
      'ask',
    ],
    ['an older disk image', 'macOSDmgApp', { primaryBundleVersion: '4.1' }, { primaryBundleVersion: '4.2' }, 'ask'],
  ])('%s', (_what, type, next, current, guard) => {
    expect(judgeVersion(type, next, current).guard).toBe(guard);
  });

  it('says why where it asks or refuses', () => {
    expect(judgeVersion('androidLobApp', android('25'), android('25')).reason).toContain('higher version code');
    expect(judgeVersion('androidLobApp', android('26'), android('25')).reason).toBeNull();
  });
});

it('shows versions as people know them', () => {
  expect(shownVersion('macOSLobApp', { buildNumber: '3.0.1', versionNumber: '301' })).toBe('3.0.1 (301)');
  expect(shownVersion('iosLobApp', ios('1.0', '1.0'))).toBe('1.0');
  expect(shownVersion('win32LobApp', {})).toBeNull();
});
