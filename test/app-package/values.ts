/** A complete environment for the package's build. */
export const environment = {
  MICROSOFT_APP_ID: '3D2F6C1E-9A57-4B0C-8E3D-0A1B2C3D4E5F',
  PUBLIC_URL: 'https://quartermaster.contoso.com:8443',
  DEVELOPER_NAME: 'Contoso "Devices"',
  DEVELOPER_WEBSITE_URL: 'https://contoso.com/quartermaster',
  DEVELOPER_PRIVACY_URL: 'https://contoso.com/privacy',
  DEVELOPER_TERMS_URL: 'https://contoso.com/terms',
};
