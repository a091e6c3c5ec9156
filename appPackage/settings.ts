/** A variable that keeps the package from being built. */
export class AppPackageError extends Error {
  override name = 'AppPackageError';
}

/** What the manifest's placeholders stand for. */
export type ManifestValues = Record<string, string>;

const required = [
  'MICROSOFT_APP_ID',
  'PUBLIC_URL',
  'DEVELOPER_NAME',
  'DEVELOPER_WEBSITE_URL',
  'DEVELOPER_PRIVACY_URL',
  'DEVELOPER_TERMS_URL',
] as const;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Teams compares versions number by number, so nothing may follow the third. */
const threeNumbers = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/** Everything is named that is missing, so that one more try is enough. */
export function readManifestValues(env: Record<string, string | undefined>, projectVersion: string): ManifestValues {
  const missing = required.filter((name) => !env[name]?.trim());
  if (missing.length > 0)
    throw new AppPackageError(`${missing.join(', ')}: missing. Set what is named here, then run this again.`);
  const read = (name: (typeof required)[number]) => env[name]?.trim() ?? '';

  const appId = read('MICROSOFT_APP_ID').toLowerCase();
  if (!guid.test(appId))
    throw new AppPackageError(
      'MICROSOFT_APP_ID: is not a GUID. It is the application (client) id of the bot, as Azure shows it.',
    );
  const version = env.APP_VERSION?.trim() || projectVersion;
  if (!threeNumbers.test(version))
    throw new AppPackageError(`APP_VERSION: "${version}" is not three numbers with dots between, such as 1.4.0.`);
  if (read('DEVELOPER_NAME').length > 32)
    throw new AppPackageError('DEVELOPER_NAME: Teams takes at most 32 characters.');
  return {
    APP_VERSION: version,
    MICROSOFT_APP_ID: appId,
    PUBLIC_HOST: httpsUrl('PUBLIC_URL', read('PUBLIC_URL')).hostname,
    DEVELOPER_NAME: read('DEVELOPER_NAME'),
    DEVELOPER_WEBSITE_URL: httpsUrl('DEVELOPER_WEBSITE_URL', read('DEVELOPER_WEBSITE_URL')).href,
    DEVELOPER_PRIVACY_URL: httpsUrl('DEVELOPER_PRIVACY_URL', read('DEVELOPER_PRIVACY_URL')).href,
    DEVELOPER_TERMS_URL: httpsUrl('DEVELOPER_TERMS_URL', read('DEVELOPER_TERMS_URL')).href,
  };
}

function httpsUrl(variable: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw new AppPackageError(`${variable}: is not an https address that anybody can open.`);
  return url;
}
