export interface DiskFolder {
  kind: 'folder';
  name: string;
  id: number;
}

export interface DiskFile {
  kind: 'file';
  name: string;
  id: number;
  /** The content lies compressed in an extended attribute. */
  isCompressed: boolean;
  isLink: boolean;
}

/** A file system on a disk, as far as finding files by their path needs it. */
export interface FileSystem<File extends DiskFile> {
  readonly root: DiskFolder;
  list(folder: DiskFolder, signal?: AbortSignal): AsyncGenerator<DiskFolder | File>;
  /** An extended attribute of a file; null where there is none, or where it is too large to lie with the others. */
  readAttribute(file: File, name: string, signal?: AbortSignal): Promise<Buffer | null>;
  readFile(file: File, maxBytes: number, signal?: AbortSignal): Promise<Buffer>;
}
