/** The part of pngjs that is used here; the package brings no types. */
declare module 'pngjs' {
  export class PNG {
    constructor(options: { width: number; height: number });
    readonly width: number;
    readonly height: number;
    /** RGBA, row by row. */
    readonly data: Buffer;
    static sync: {
      read(file: Buffer): PNG;
      write(image: PNG, options?: { deflateLevel?: number }): Buffer;
    };
  }
}
