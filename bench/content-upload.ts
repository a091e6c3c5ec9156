import { createBlockSender } from '../src/graph/content/block-sender.ts';
import { uploadContent } from '../src/graph/content/block-upload.ts';
import { systemClock } from '../src/graph/content/clock.ts';
import { newContentKeys } from '../src/graph/content/content-keys.ts';
import { blockSizeFor, encryptedSize } from '../src/graph/content/content-layout.ts';
import { createOutbound } from '../src/network/outbound.ts';
import type { ByteSource } from '../src/packages/byte-source.ts';

export interface ContentUpload extends AsyncDisposable {
  /** Encrypts and uploads; resolves to the bytes that the storage has to have received as blocks. */
  upload(source: ByteSource, signal: AbortSignal): Promise<number>;
}

/** The product's way from a source to the storage, with a storage on this machine. */
export function contentUpload(storagePort: number): ContentUpload {
  const outbound = createOutbound({ privateHosts: [`127.0.0.1:${storagePort}`] });
  const put = createBlockSender({ outbound, isStorageHost: () => true });
  const uri = `http://127.0.0.1:${storagePort}/content/bench.bin?sig=bench`;
  return {
    async upload(source, signal) {
      const sizeEncrypted = encryptedSize(source.size);
      await uploadContent({
        source,
        keys: newContentKeys(),
        blockSize: blockSizeFor(sizeEncrypted),
        uri: { current: async () => uri, instead: async () => uri },
        put,
        acknowledged: new Map(),
        onBlock: async () => undefined,
        clock: systemClock,
        signal,
      });
      return sizeEncrypted;
    },
    [Symbol.asyncDispose]: () => outbound.close(),
  };
}
