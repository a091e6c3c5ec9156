import type { AppxFacts } from '../../../src/packages/package-facts.ts';
import { readPackage } from '../../../src/packages/read-package.ts';
import { memorySource } from '../../fakes/memory-source.ts';
import { type AppxOptions, buildAppx, signature } from '../fixtures/appx-file.ts';
import { buildPri, type PriOptions, type PriStrings } from '../fixtures/pri-file.ts';

const strings: PriStrings = {
  'Resources/Publisher': { '': 'Anybody' },
  'Resources/AppName': { 'de-DE': 'Uhr', 'EN-US': 'Clock', 'ja-JP': 'Clock (ja)' },
  'Other/Group/Title': { 'fr-FR': 'Titre' },
};
const factsOf = (options: AppxOptions, content: Buffer): Promise<AppxFacts> =>
  readPackage(
    memorySource(buildAppx(options, [{ name: 'resources.pri', content }, signature])),
    'app.msix',
  ) as Promise<AppxFacts>;

describe('a name that refers to a resource', () => {
  it.each([
    ['ms-resource:AppName', 'Clock'],
    ['ms-resource:appname', 'Clock'],
    ['ms-resource:Resources/AppName', 'Clock'],
    ['ms-resource:/Resources/AppName', 'Clock'],
    ['ms-resource:///Resources/AppName', 'Clock'],
    ['ms-resource://Example.App/Resources/AppName', 'Clock'],
    ['ms-resource:Publisher', 'Anybody'],
    ['ms-resource:///Other/Group/Title', 'Titre'],
    ['ms-resource:/Other/Group.Title', 'Titre'],
    ['ms-resource:Missing', null],
    ['ms-resource:', null],
    ['ms-resource:Resources', null],
  ])('is looked up: %s', async (displayName, expected) => {
    const facts = await factsOf({ displayName }, buildPri(strings));

    expect(facts.details.displayName).toBe(expected);
    expect(facts.displayName).toBe(expected ?? 'Example.App');
  });

  it('is taken in the language that the manifest names first', async () => {
    const options = { displayName: 'ms-resource:AppName', resources: '<Resource Language="de-de"/>' };

    const facts = await factsOf(options, buildPri(strings));

    expect(facts.displayName).toBe('Uhr');
  });

  it.each<[string, PriOptions]>([
    ['UTF-16 values', { encoding: 'utf16le' }],
    ['UTF-8 values', { encoding: 'utf8' }],
    ['values in the map itself', { isInline: true, encoding: 'utf16le' }],
    ['wide names', { hasWideNames: true }],
    ['the schema of Windows 8', { isOldSchema: true }],
  ])('is found in an index with %s', async (_, options) => {
    const facts = await factsOf({ displayName: 'ms-resource:AppName' }, buildPri(strings, options));

    expect(facts.displayName).toBe('Clock');
  });

  it.each([
    ['is empty', Buffer.alloc(0)],
    ['is no index', Buffer.from('not an index at all')],
    ['is cut', buildPri(strings).subarray(0, 300)],
    ['claims more than it has', buildPri(strings).fill(0xff, 60, 64)],
  ])('costs nothing but the name where the index %s', async (_, content) => {
    const facts = await factsOf({ displayName: 'ms-resource:AppName' }, content);

    expect(facts.displayName).toBe('Example.App');
    expect(facts.details.displayName).toBeNull();
  });
});
