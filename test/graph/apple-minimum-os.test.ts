import { appleMinimumOsFor, iosMinimumOsVersions, macOsMinimumOsVersions } from '../../src/graph/apple-minimum-os.ts';
import { windowsFlagFor } from '../../src/graph/windows-minimum-os.ts';

describe("the minimum system of a package, in Intune's words", () => {
  it.each([
    [null, 'v8_0'],
    ['7.0', 'v8_0'],
    ['12', 'v12_0'],
    ['12.4', 'v12_0'],
    ['15.9.9', 'v15_0'],
    ['18.2', 'v18_0'],
    ['25.0', 'v18_0'],
    ['27.0', 'v26_0'],
  ])('iOS %s is %s', (wanted, flag) => {
    expect(appleMinimumOsFor(wanted, iosMinimumOsVersions)).toBe(flag);
  });

  it.each([
    [null, 'v10_7'],
    ['10.9', 'v10_9'],
    ['10.13.6', 'v10_13'],
    ['10.16', 'v10_15'],
    ['11.0', 'v11_0'],
    ['13.5', 'v13_0'],
    ['14', 'v14_0'],
  ])('macOS %s is %s', (wanted, flag) => {
    expect(appleMinimumOsFor(wanted, macOsMinimumOsVersions)).toBe(flag);
  });

  it.each([
    [null, 'v10_0'],
    ['6.3.0.0', 'v10_0'],
    ['10.0.10240.0', 'v10_0'],
    ['10.0.17763.0', 'v10_1809'],
    ['10.0.18000.0', 'v10_1809'],
    ['10.0.22621.0', 'v10_21H1'],
  ])('Windows %s is %s', (wanted, flag) => {
    expect(windowsFlagFor(wanted)).toBe(flag);
  });
});
