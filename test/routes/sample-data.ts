import { z } from 'zod';

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  format?: string;
  minLength?: number;
  minimum?: number;
}

/** Values that every field of a name is filled with: ids of the things the test made. */
export type Known = Readonly<Record<string, unknown>>;

/** Data that a card could send to a verb, made from the verb's own schema, so that most routes need no row of their own. */
export function sampleData(data: z.ZodType, known: Known): Record<string, unknown> {
  const { properties = {}, required = [] } = schemaOf(data);
  const fits = (name: string, { enum: words }: Schema) => name in known && (words?.includes(known[name]) ?? true);
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name, property]) => required.includes(name) || fits(name, property))
      .map(([name, property]) => [name, fits(name, property) ? known[name] : sampleValue(property)]),
  );
}

/** Fields that take the id of something. */
export const idsOf = (data: z.ZodType): string[] =>
  Object.entries(schemaOf(data).properties ?? {}).flatMap(([name, { format }]) => (format === 'uuid' ? [name] : []));

const schemaOf = (data: z.ZodType) => z.toJSONSchema(data, { io: 'input', unrepresentable: 'any' }) as Schema;

function sampleValue(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf !== undefined) return sampleValue(schema.anyOf.find(({ type }) => type !== 'null') ?? {});
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return schema.format === 'uuid'
        ? '3d2c6c0e-6f0f-4a53-9f0e-0a9a1f1f0e0e'
        : 'x'.repeat(Math.max(1, schema.minLength ?? 1));
  }
}
