/** The parts of ResTable_config (ResourceTypes.h) that decide which value is meant for everybody. */
export interface ResourceConfig {
  /** Two letters, empty for every language. */
  language: string;
  /** Dots per inch; 0 is the default, 0xfffe any, 0xffff none. */
  density: number;
  /** How many other qualifiers narrow the value down, such as a size, an orientation or a version. */
  narrowness: number;
}

export function readResourceConfig(bytes: Buffer): ResourceConfig {
  const size = Math.min(bytes.length >= 4 ? bytes.readUInt32LE(0) : 0, bytes.length);
  const fields = bytes.subarray(0, size);
  const field = (from: number, to: number) => fields.subarray(from, to).some((byte) => byte !== 0);
  const others: [number, number][] = [
    [4, 6], // mobile country code
    [6, 8], // mobile network code
    [10, 12], // region
    [12, 14], // orientation and touch screen
    [16, 20], // keyboard, navigation, input
    [20, 24], // screen size in pixels
    [24, 28], // version
    [28, 32], // screen layout, mode (night, car), smallest width
    [32, 36], // screen size in dp
    [36, 48], // script and variant
    [48, 52], // round screen, colours
  ];
  return {
    language: language(fields),
    density: fields.length >= 16 ? fields.readUInt16LE(14) : 0,
    narrowness: others.filter(([from, to]) => field(from, to)).length,
  };
}

function language(fields: Buffer): string {
  const [first = 0, second = 0] = fields.subarray(8, 10);
  if (first === 0) return '';
  // Three letters are packed into fifteen bits, marked by the highest bit; which ones does not matter here.
  return (first & 0x80) === 0 ? String.fromCharCode(first, second) : '---';
}
