import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { AppPackageError, type ManifestValues } from './settings.ts';

const require = createRequire(import.meta.url);

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export function readTemplate(): Json {
  return JSON.parse(readFileSync(new URL('manifest.json', import.meta.url), 'utf8')) as Json;
}

/** Values go into parsed text, so a quotation mark in one cannot change the manifest's structure. */
export function fillTemplate(template: Json, values: ManifestValues): Json {
  if (typeof template === 'string')
    return template.replace(/\$\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new AppPackageError(`manifest.json: nothing is known of the placeholder ${name}.`);
      return value;
    });
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, values));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fillTemplate(value, values)]));
}

/** Faults by Microsoft's own schema, as lines to read. */
export function manifestFaults(manifest: Json): string[] {
  const validate = schemaCheck();
  if (validate(manifest)) return [];
  return (validate.errors ?? []).map((fault) => {
    const extra = Object.values(fault.params).filter((value) => typeof value === 'string');
    return [fault.instancePath || '/', fault.message ?? fault.keyword, ...extra].join(' ');
  });
}

/**
 * The schema is draft 04, which ajv no longer knows by name. Where the drafts differ (`id`, boolean `exclusiveMinimum`)
 * the schema uses nothing, so it means the same under ajv's draft 07; a test watches that.
 */
function schemaCheck() {
  const { $schema: _draft, ...schema } = readManifestSchema();
  const ajv = new Ajv({ allErrors: true, strict: false });
  formats.default(ajv);
  return ajv.compile(schema);
}

export function readManifestSchema(): Record<string, unknown> {
  const file = require.resolve('@microsoft/app-manifest/build/json-schemas/teams/v1.29/MicrosoftTeams.schema.json');
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}
