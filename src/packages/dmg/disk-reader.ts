/** Random access to the bytes of a disk, a partition or a file in it. */
export interface DiskReader {
  readonly size: number;
  /** Exactly `length` bytes. Fails outside of the disk. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Buffer>;
}

/** A fault of a disk image, its file system or a file in it. Its message may stand after "The disk image". */
export class DiskError extends Error {
  /** True where the image may be sound and only is of a kind that is not read here. */
  readonly isUnknownKind: boolean;

  constructor(fault: string, options: { cause?: unknown; isUnknownKind?: boolean } = {}) {
    super(fault, options);
    this.name = 'DiskError';
    this.isUnknownKind = options.isUnknownKind ?? false;
  }
}

export function sliceDisk(disk: DiskReader, start: number, size: number): DiskReader {
  return {
    size,
    async read(offset, length, signal) {
      if (offset < 0 || length < 0 || offset + length > size) throw new DiskError('points outside of itself');
      return disk.read(start + offset, length, signal);
    },
  };
}

/** 64 bits as a number; beyond what a number holds, it is larger than any disk. */
export function unsigned64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64BE(at));
}
