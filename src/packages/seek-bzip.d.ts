declare module 'seek-bzip' {
  interface ByteInput {
    readByte(): number;
    read(target: Buffer, offset: number, length: number): number;
  }
  interface ByteOutput {
    writeByte(byte: number): void;
  }
  const bunzip: { decode(input: ByteInput, output: ByteOutput): void };
  export = bunzip;
}
