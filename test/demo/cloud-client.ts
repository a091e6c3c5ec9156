import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:https';
import type { LocalCloud } from '../../demo/local-cloud.ts';
import { appIds, tenantIds } from '../../demo/tenants.ts';

/** What goes with the content of an Android app. */
export const androidManifest = Buffer.from(
  '<AndroidManifestProperties><Package>com.example</Package><PackageVersionCode>1</PackageVersionCode></AndroidManifestProperties>',
).toString('base64');

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes are looked into by tests
  json: any;
}

export interface Call {
  headers?: Record<string, string>;
  /** Objects go as JSON. */
  body?: unknown;
}

export async function exchange(cloud: LocalCloud, method: string, url: string, call: Call = {}): Promise<Answer> {
  const isRaw = typeof call.body === 'string' || Buffer.isBuffer(call.body);
  const body = call.body === undefined ? undefined : isRaw ? (call.body as string | Buffer) : JSON.stringify(call.body);
  const headers = {
    ...(body !== undefined && !isRaw ? { 'content-type': 'application/json' } : {}),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...call.headers,
  };
  const agent = new Agent({ ca: cloud.caPem, keepAlive: false });
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        const isJson = (answer.headers['content-type'] ?? '').startsWith('application/json');
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text,
          json: isJson ? JSON.parse(text) : null,
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export const secretOf = (cloud: LocalCloud, appId: string, name = 'Quartermaster') =>
  cloud.tenants.registrations.find((one) => one.appId === appId)!.secrets.find((one) => one.displayName === name)!;

export function tokenRequest(
  cloud: LocalCloud,
  tenant: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return exchange(cloud, 'POST', `${cloud.loginUrl}/${tenant}/oauth2/v2.0/token`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  });
}

export const goodForm = (cloud: LocalCloud, appId: string) => ({
  client_id: appId,
  client_secret: secretOf(cloud, appId).value,
  grant_type: 'client_credentials',
  scope: `${cloud.graphUrl}/.default`,
});

export async function tokenFor(
  cloud: LocalCloud,
  appId: string = appIds.contosoPublisher,
  tenant: string = tenantIds.contoso,
): Promise<string> {
  const answer = await tokenRequest(cloud, tenant, goodForm(cloud, appId));
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json.access_token as string;
}

/** Calls below `/v1.0` unless the path names a version. */
export async function graph(cloud: LocalCloud, token: string, method: string, path: string, call: Call = {}) {
  const url = `${cloud.graphUrl}${/^\/(v\d\.0|beta)\//.test(path) ? '' : '/v1.0'}${path}`;
  return exchange(cloud, method, url, { ...call, headers: { authorization: `Bearer ${token}`, ...call.headers } });
}

export const androidApp = {
  '@odata.type': '#microsoft.graph.androidLobApp',
  displayName: 'Inventory',
  description: 'Counts things',
  publisher: 'Contoso',
  fileName: 'inventory.apk',
  packageId: 'com.contoso.inventory',
  versionName: '1.0',
  versionCode: '1',
  minimumSupportedOperatingSystem: { v9_0: true },
};

export interface Encrypted {
  bytes: Buffer;
  size: number;
  info: Record<string, string>;
  digestHex: string;
}

/** What a client of Intune has to do with a package, written out once more for the tests. */
export function encrypt(plain: Buffer): Encrypted {
  const key = randomBytes(32);
  const macKey = randomBytes(32);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const body = Buffer.concat([iv, cipher.update(plain), cipher.final()]);
  const mac = createHmac('sha256', macKey).update(body).digest();
  const digest = createHash('sha256').update(plain).digest();
  return {
    bytes: Buffer.concat([mac, body]),
    size: plain.length,
    digestHex: digest.toString('hex'),
    info: {
      encryptionKey: key.toString('base64'),
      macKey: macKey.toString('base64'),
      initializationVector: iv.toString('base64'),
      mac: mac.toString('base64'),
      profileIdentifier: 'ProfileVersion1',
      fileDigest: digest.toString('base64'),
      fileDigestAlgorithm: 'SHA256',
    },
  };
}

const apps = '/deviceAppManagement/mobileApps';

export interface OpenUpload {
  appId: string;
  filePath: string;
  uploadUrl: string;
  encrypted: Encrypted;
}

/** Creates an app, its content version and a file, and gets the upload address. */
export async function openUpload(cloud: LocalCloud, token: string, encrypted: Encrypted): Promise<OpenUpload> {
  const app = await graph(cloud, token, 'POST', apps, { body: androidApp });
  const versions = `${apps}/${app.json.id}/microsoft.graph.androidLobApp/contentVersions`;
  const version = await graph(cloud, token, 'POST', versions, { body: {} });
  const files = `${versions}/${version.json.id}/files`;
  const file = await graph(cloud, token, 'POST', files, {
    body: {
      '@odata.type': '#microsoft.graph.mobileAppContentFile',
      name: 'inventory.apk',
      size: encrypted.size,
      sizeEncrypted: encrypted.bytes.length,
      manifest: androidManifest,
      isDependency: false,
    },
  });
  const filePath = `${files}/${file.json.id}`;
  const ready = await fileInState(cloud, token, filePath, 'azureStorageUriRequestSuccess');
  return { appId: app.json.id, filePath, uploadUrl: ready.json.azureStorageUri, encrypted };
}

export async function fileInState(cloud: LocalCloud, token: string, filePath: string, wanted: string): Promise<Answer> {
  const until = Date.now() + 10_000;
  for (;;) {
    const answer = await graph(cloud, token, 'GET', filePath);
    if (answer.json?.uploadState === wanted) return answer;
    if (Date.now() > until || String(answer.json?.uploadState).endsWith('Failed'))
      throw new Error(`Wanted ${wanted}, got ${answer.json?.uploadState}`);
  }
}

export const blockId = (index: number) => Buffer.from(String(index).padStart(6, '0')).toString('base64');

export const putBlock = (cloud: LocalCloud, uploadUrl: string, index: number, bytes: Buffer, call: Call = {}) =>
  exchange(cloud, 'PUT', `${uploadUrl}&comp=block&blockid=${encodeURIComponent(blockId(index))}`, {
    ...call,
    body: bytes,
  });

export const putBlockList = (cloud: LocalCloud, uploadUrl: string, count: number) =>
  exchange(cloud, 'PUT', `${uploadUrl}&comp=blocklist`, {
    body: `<?xml version="1.0" encoding="utf-8"?><BlockList>${Array.from({ length: count }, (_, index) => `<Latest>${blockId(index)}</Latest>`).join('')}</BlockList>`,
  });

/** Uploads everything in blocks of `blockSize`. */
export async function uploadAll(cloud: LocalCloud, upload: OpenUpload, blockSize = 64 * 1024): Promise<void> {
  const { bytes } = upload.encrypted;
  const count = Math.ceil(bytes.length / blockSize);
  for (let index = 0; index < count; index += 1) {
    const part = bytes.subarray(index * blockSize, (index + 1) * blockSize);
    const answer = await putBlock(cloud, upload.uploadUrl, index, part);
    if (answer.status !== 201) throw new Error(answer.text);
  }
  const answer = await putBlockList(cloud, upload.uploadUrl, count);
  if (answer.status !== 201) throw new Error(answer.text);
}

export const commit = (cloud: LocalCloud, token: string, upload: OpenUpload, info = upload.encrypted.info) =>
  graph(cloud, token, 'POST', `${upload.filePath}/commit`, { body: { fileEncryptionInfo: info } });
