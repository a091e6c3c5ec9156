/** Blobs made of blocks, as behind Azure's block blob API. */
export interface BlockStore {
  /** Keeps an uncommitted block; a second one with the same id takes the first one's place. */
  putBlock(blob: string, blockId: string, bytes: AsyncIterable<Buffer>, size: number): Promise<void>;
  /** False when a block of the list is not there. */
  putBlockList(blob: string, blockIds: readonly string[]): Promise<boolean>;
  /** Committed bytes in order; null when nothing was committed. */
  read(blob: string): Promise<AsyncIterable<Buffer> | null>;
  remove(blob: string): Promise<void>;
  close(): Promise<void>;
}
