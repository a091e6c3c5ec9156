import { AppPackageError, readManifestValues } from '../../appPackage/settings.ts';
import { environment } from './values.ts';

describe('the settings of the app package', () => {
  it('become the values of the manifest', () => {
    const values = readManifestValues(environment, '1.4.0');

    expect(values).toEqual({
      APP_VERSION: '1.4.0',
      MICROSOFT_APP_ID: '3d2f6c1e-9a57-4b0c-8e3d-0a1b2c3d4e5f',
      PUBLIC_HOST: 'quartermaster.contoso.com',
      DEVELOPER_NAME: 'Contoso "Devices"',
      DEVELOPER_WEBSITE_URL: 'https://contoso.com/quartermaster',
      DEVELOPER_PRIVACY_URL: 'https://contoso.com/privacy',
      DEVELOPER_TERMS_URL: 'https://contoso.com/terms',
    });
  });

  it('let a version of their own go before the project’s', () => {
    expect(readManifestValues({ ...environment, APP_VERSION: '2.0.1' }, '1.4.0').APP_VERSION).toBe('2.0.1');
  });

  it('are all named at once when they are missing', () => {
    const read = () => readManifestValues({ MICROSOFT_APP_ID: environment.MICROSOFT_APP_ID, PUBLIC_URL: ' ' }, '1.4.0');

    expect(read).toThrow(AppPackageError);
    expect(read).toThrow(
      /^PUBLIC_URL, DEVELOPER_NAME, DEVELOPER_WEBSITE_URL, DEVELOPER_PRIVACY_URL, DEVELOPER_TERMS_URL: missing/,
    );
  });

  it.each([
    ['MICROSOFT_APP_ID', 'quartermaster', /GUID/],
    ['MICROSOFT_APP_ID', '3d2f6c1e9a574b0c8e3d0a1b2c3d4e5f', /GUID/],
    ['PUBLIC_URL', 'http://quartermaster.contoso.com', /https/],
    ['PUBLIC_URL', 'quartermaster.contoso.com', /https/],
    ['DEVELOPER_PRIVACY_URL', 'https://user:word@contoso.com', /https address that anybody can open/],
    ['DEVELOPER_NAME', 'The Contoso Device Management Group', /32 characters/],
    ['APP_VERSION', '1.4', /three numbers/],
    ['APP_VERSION', '1.4.0-beta.1', /three numbers/],
    ['APP_VERSION', '01.4.0', /three numbers/],
  ])('are refused by name: %s=%s', (variable, value, fault) => {
    const read = () => readManifestValues({ ...environment, [variable]: value }, '1.4.0');

    expect(read).toThrow(new RegExp(`^${variable}: `));
    expect(read).toThrow(fault);
  });
});
