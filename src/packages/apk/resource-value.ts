import type { StringPool } from './string-pool.ts';

/** A Res_value of Android's ResourceTypes.h, as far as facts need it. */
export type ResourceValue =
  | { kind: 'text'; text: string }
  | { kind: 'reference'; id: number }
  | { kind: 'integer'; value: number }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'other' };

const other: ResourceValue = { kind: 'other' };

export function resourceValue(type: number, data: number, strings: StringPool | null): ResourceValue {
  switch (type) {
    case 0x01: // reference
    case 0x07: // dynamic reference
      return data === 0 ? other : { kind: 'reference', id: data };
    case 0x03: {
      const text = strings?.get(data);
      return text === undefined || text === null ? other : { kind: 'text', text };
    }
    case 0x10: // decimal
    case 0x11: // hexadecimal
      return { kind: 'integer', value: data };
    case 0x12:
      return { kind: 'boolean', value: data !== 0 };
    default:
      return other;
  }
}
