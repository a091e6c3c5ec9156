import { linkAppBody, readLinkForm } from '../../src/apps/links/link-form.ts';
import { readStoreLink, type Store } from '../../src/apps/links/store-links.ts';

describe('a link into a store', () => {
  it.each<[string, Store, string, string]>([
    [
      'https://apps.microsoft.com/detail/9nzvdkpmr9rd?hl=en-US&gl=US',
      'microsoft',
      '9NZVDKPMR9RD',
      'https://apps.microsoft.com/detail/9NZVDKPMR9RD',
    ],
    [
      'https://www.microsoft.com/de-de/p/company-portal/9wzdncrfj3pz',
      'microsoft',
      '9WZDNCRFJ3PZ',
      'https://apps.microsoft.com/detail/9WZDNCRFJ3PZ',
    ],
    [
      'https://apps.microsoft.com/store/detail/vlc/XPDM1ZW6815MQM',
      'microsoft',
      'XPDM1ZW6815MQM',
      'https://apps.microsoft.com/detail/XPDM1ZW6815MQM',
    ],
    [
      'ms-windows-store://pdp/?productid=9WZDNCRFJ3PZ',
      'microsoft',
      '9WZDNCRFJ3PZ',
      'https://apps.microsoft.com/detail/9WZDNCRFJ3PZ',
    ],
    [
      'https://apps.apple.com/us/app/microsoft-teams/id1113153706?mt=8',
      'apple',
      '1113153706',
      'https://apps.apple.com/us/app/microsoft-teams/id1113153706',
    ],
    ['https://itunes.apple.com/app/id1113153706', 'apple', '1113153706', 'https://apps.apple.com/app/id1113153706'],
    [
      '<https://play.google.com/store/apps/details?id=com.microsoft.teams&hl=en>',
      'google',
      'com.microsoft.teams',
      'https://play.google.com/store/apps/details?id=com.microsoft.teams',
    ],
    [
      '[store](https://play.google.com/store/apps/details?id=com.contoso.app)',
      'google',
      'com.contoso.app',
      'https://play.google.com/store/apps/details?id=com.contoso.app',
    ],
    [
      'web intranet.contoso.com/start',
      'web',
      'https://intranet.contoso.com/start',
      'https://intranet.contoso.com/start',
    ],
    ['WEB http://intranet/', 'web', 'http://intranet/', 'http://intranet/'],
  ])('%s', (said, store, id, url) => {
    expect(readStoreLink(said)).toEqual({ link: { store, id, url } });
  });

  it.each([
    'https://downloads.contoso.com/app.apk',
    'https://apps.microsoft.com.evil.example/detail/9NZVDKPMR9RD',
    'https://evil.example/?u=https://play.google.com/store/apps/details?id=com.contoso.app',
    'website',
    '',
  ])('is not: %s', (said) => {
    expect(readStoreLink(said)).toBeNull();
  });

  it.each([
    ['https://apps.microsoft.com/home', 'names no app'],
    ['https://apps.apple.com/us/genre/ios/id36', 'names no app'],
    ['https://play.google.com/store/apps', 'names no app'],
    ['https://play.google.com/store/apps/details?id=nodots', 'names no app'],
    ['web', 'Type the address behind it'],
    ['web ftp://files.contoso.com', 'begins with https://'],
    ['web javascript:alert(1)', 'begins with https://'],
    ['web https://alex:secret@intranet.contoso.com', 'a name and a password'],
  ])('is refused with a reason: %s', (said, reason) => {
    expect(readStoreLink(said)).toEqual({ fault: expect.stringContaining(reason) });
  });
});

describe('the form of a link', () => {
  const common = {
    displayName: ' Teams ',
    description: 'Talk',
    publisher: 'Microsoft',
    notes: '',
    connectionId: '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0001',
  };

  it('names each field that is wrong', () => {
    const read = readLinkForm('apple', { displayName: '', bundleId: 'not an id', devices: 'watch' });

    expect(read).toEqual({
      ok: false,
      faults: {
        displayName: 'A name is needed',
        description: 'A description is needed',
        publisher: 'A publisher is needed',
        connectionId: 'Choose a connection',
        bundleId: 'A bundle id looks like com.contoso.expenses',
        devices: 'Choose the devices',
        minimumOs: 'Choose a version',
      },
    });
  });

  it('keeps the notes before the marker by which a lost answer is found', () => {
    const read = readLinkForm('google', { ...common, notes: 'Ask Alex', minimumOs: 'v8_0' });
    if (!read.ok) throw new Error('refused');

    const body = linkAppBody(read.form, { url: 'https://play.google.com/x', id: 'com.x' }, '[marker]');

    expect(body).toMatchObject({ displayName: 'Teams', notes: 'Ask Alex\n\n[marker]' });
  });
});
