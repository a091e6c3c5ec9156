const dateTime =
  /^\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,12})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const integers: Record<string, readonly [number, number]> = {
  'Edm.Byte': [0, 255],
  'Edm.Int16': [-32768, 32767],
  'Edm.Int32': [-2147483648, 2147483647],
  'Edm.Int64': [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};
const texts: Record<string, { pattern: RegExp; wanted: string }> = {
  'Edm.DateTimeOffset': { pattern: dateTime, wanted: 'a date and time with offset' },
  'Edm.Date': { pattern: /^\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, wanted: 'a date' },
  'Edm.TimeOfDay': { pattern: /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,12})?)?$/, wanted: 'a time of day' },
  'Edm.Duration': {
    pattern: /^-?P(?=\d|T\d)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/,
    wanted: 'an ISO 8601 duration',
  },
  'Edm.Guid': { pattern: /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i, wanted: 'a GUID' },
  'Edm.Binary': { pattern: base64, wanted: 'base64' },
};

export const isBase64 = (value: string): boolean => base64.test(value);

/** Null when `value` may stand for `type` in OData's JSON, otherwise what was wanted. Null itself is judged elsewhere. */
export function primitiveFault(type: string, value: unknown): string | null {
  if (type === 'Edm.String') return typeof value === 'string' ? null : 'a string';
  if (type === 'Edm.Boolean') return typeof value === 'boolean' ? null : 'true or false';
  const range = integers[type];
  if (range) {
    const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= range[0] && value <= range[1];
    return fits ? null : `an integer (${type})`;
  }
  if (type === 'Edm.Double' || type === 'Edm.Single' || type === 'Edm.Decimal')
    return typeof value === 'number' ? null : 'a number';
  const text = texts[type];
  if (text) return typeof value === 'string' && text.pattern.test(value) ? null : text.wanted;
  return 'a type that the local cloud knows';
}
