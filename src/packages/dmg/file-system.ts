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
  readFile(file: File, maxBytes: number, signal?: AbortSignal): Promise<Buffer>;
}
