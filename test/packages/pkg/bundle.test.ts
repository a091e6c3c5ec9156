import { appName, isApp } from '../../../src/packages/pkg/bundle.ts';

const at = (path: string | null) => ({ id: 'com.example', path, shortVersion: null, buildVersion: null });

describe('a bundle in a package', () => {
  it.each([
    ['./Notes.app', true, 'Notes'],
    ['Notes.app/', true, 'Notes'],
    ['./Applications/Example 2.0/zoom.us.app', true, 'zoom.us'],
    ['./com.example/Notes.app', true, 'Notes'],
    ['./Notes.app/Contents/Helpers/Agent.app', false, 'Agent'],
    ['./Tools.prefPane/Contents/Tool.app', false, 'Tool'],
    ['./Notes.app/Contents/Frameworks/F.framework', false, null],
    ['./Notes.application', false, null],
    [null, false, null],
  ])('at %s is an app: %s', (path, expected, name) => {
    expect(isApp(at(path))).toBe(expected);
    expect(appName(at(path))).toBe(name);
  });
});
