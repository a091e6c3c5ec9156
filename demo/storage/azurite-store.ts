import { createHmac } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BlockStore } from './block-store.ts';

/** What is used of Azurite's server class, which comes without types. */
interface AzuriteServer {
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
}
interface AzuriteModules {
  Server: new (configuration: unknown) => AzuriteServer;
  Configuration: new (...parameters: unknown[]) => unknown;
  /** Of the emulator's built-in account; publicly known. */
  accountKey: Buffer;
}

const account = 'devstoreaccount1';
const container = 'content';

/**
 * Keeps content in Azurite, Microsoft's storage emulator, in memory and inside this process: nothing is left behind when
 * the process ends, however it ends. Azurite listens on a free loopback port.
 */
export async function makeAzuriteStore(): Promise<BlockStore> {
  const modules = loadAzurite();
  const server = makeServer(modules);
  await server.start();
  const address = new URL(server.getHttpServerAddress());
  const credentials = accountSignature(modules.accountKey);
  const urlOf = (path: string, query: Record<string, string>) => {
    const url = new URL(`${address.origin}/${account}/${path}`);
    for (const [name, value] of Object.entries({ ...query, ...credentials })) url.searchParams.set(name, value);
    return url;
  };
  const send = async (method: string, url: URL, body?: AsyncIterable<Buffer> | string, size = 0) => {
    const answer = await exchange(method, url, body, size);
    answer.resume();
    return answer.statusCode ?? 0;
  };
  await send('PUT', urlOf(container, { restype: 'container' }));
  // Azurite's blobs live in one container; the path of a blob becomes its name.
  const pathOf = (blob: string) => `${container}/${blob.replace(/^\//, '').replaceAll('/', '-')}`;

  return {
    async putBlock(blob, blockId, bytes, size) {
      const status = await send('PUT', urlOf(pathOf(blob), { comp: 'block', blockid: blockId }), bytes, size);
      if (status !== 201) throw new Error(`Azurite answered ${status} to a block.`);
    },
    async putBlockList(blob, blockIds) {
      const items = blockIds.map((id) => `<Latest>${id}</Latest>`).join('');
      const xml = `<?xml version="1.0" encoding="utf-8"?><BlockList>${items}</BlockList>`;
      const status = await send('PUT', urlOf(pathOf(blob), { comp: 'blocklist' }), xml, Buffer.byteLength(xml));
      if (status !== 201 && status !== 400) throw new Error(`Azurite answered ${status} to a block list.`);
      return status === 201;
    },
    async read(blob) {
      const answer = await exchange('GET', urlOf(pathOf(blob), {}));
      if (answer.statusCode === 200) return answer as AsyncIterable<Buffer>;
      answer.resume();
      return null;
    },
    async remove(blob) {
      await send('DELETE', urlOf(pathOf(blob), {}));
    },
    async close() {
      await server.close();
    },
  };
}

function makeServer({ Configuration, Server }: AzuriteModules): AzuriteServer {
  const configuration = new Configuration(
    '127.0.0.1',
    0,
    undefined, // keep-alive
    undefined, // metadata file
    undefined, // extent file
    undefined, // persistence folders
    false, // access log
    undefined,
    false, // debug log
    undefined,
    false, // strict
    true, // newer API versions than Azurite knows
    '',
    '',
    '',
    undefined,
    true, // addresses with the account in the path
    true, // in memory
  );
  return new Server(configuration);
}

function loadAzurite(): AzuriteModules {
  const require = createRequire(import.meta.url);
  const load = <T>(path: string) => require(`azurite/dist/src/${path}`) as T;
  return {
    Server: load<{ default: AzuriteModules['Server'] }>('blob/BlobServer.js').default,
    Configuration: load<{ default: AzuriteModules['Configuration'] }>('blob/BlobConfiguration.js').default,
    accountKey: load<{ EMULATOR_ACCOUNT_KEY: Buffer }>('common/utils/constants.js').EMULATOR_ACCOUNT_KEY,
  };
}

/** An account signature for the life of the process: https://learn.microsoft.com/rest/api/storageservices/create-account-sas */
function accountSignature(key: Buffer): Record<string, string> {
  const end = `${new Date(Date.now() + 365 * 24 * 60 * 60 * 1000).toISOString().slice(0, 19)}Z`;
  const parts = { sp: 'rwdlac', ss: 'b', srt: 'sco', st: '', se: end, sip: '', spr: '', sv: '2019-02-02' };
  const text = [account, parts.sp, parts.ss, parts.srt, parts.st, parts.se, parts.sip, parts.spr, parts.sv, ''].join(
    '\n',
  );
  const sig = createHmac('sha256', key).update(text, 'utf8').digest('base64');
  return { sv: parts.sv, ss: parts.ss, srt: parts.srt, sp: parts.sp, se: end, sig };
}

function exchange(method: string, url: URL, body?: AsyncIterable<Buffer> | string, size = 0): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers: { 'Content-Length': size } }, resolve);
    request.once('error', reject);
    if (body === undefined || typeof body === 'string') request.end(body);
    else pipeline(Readable.from(body, { objectMode: false }), request).catch(reject);
  });
}
