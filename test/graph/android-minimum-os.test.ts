import {
  androidMinimumOsFor,
  androidMinimumOsVersions,
  androidMinimumOsVersionsBeta,
} from '../../src/graph/android-minimum-os.ts';

describe("the minimum Android of a package, in Intune's words", () => {
  it.each([
    [null, 'v4_0'],
    ['1', 'v4_0'],
    ['14', 'v4_0'],
    ['15', 'v4_0_3'],
    ['19', 'v4_4'],
    ['20', 'v4_4'],
    ['21', 'v5_0'],
    ['23', 'v6_0'],
    ['24', 'v7_0'],
    ['25', 'v7_1'],
    ['26', 'v8_0'],
    ['28', 'v9_0'],
    ['29', 'v10_0'],
    ['30', 'v11_0'],
    ['34', 'v11_0'],
    ['VanillaIceCream', 'v11_0'],
  ])('level %s is %s', (level, flag) => {
    expect(androidMinimumOsFor(level)).toBe(flag);
  });

  it.each([
    ['30', 'v11_0'],
    ['32', 'v12_0'],
    ['33', 'v13_0'],
    ['40', 'v15_0'],
  ])('level %s is %s in beta', (level, flag) => {
    expect(androidMinimumOsFor(level, androidMinimumOsVersionsBeta)).toBe(flag);
  });

  it('offers every choice once, oldest first', () => {
    const levels = androidMinimumOsVersions.map((version) => version.level);

    expect(levels).toEqual([...new Set(levels)].sort((a, b) => a - b));
    expect(new Set(androidMinimumOsVersions.map((version) => version.flag)).size).toBe(levels.length);
  });
});
