import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Makes the copy of Microsoft's Graph metadata that the local cloud checks requests against: only the types reachable
 * from what it plays, without descriptions.
 *
 *   node demo/graph-metadata/reduce.ts FOLDER
 *
 * FOLDER holds `v1.json` and `beta.json`, an extract of Microsoft's CSDL as described in SOURCE.md.
 */

interface FullProperty {
  type: string;
  nullable: boolean | null;
  readOnly?: string;
  immutable?: unknown;
}
interface FullNavigation {
  type: string;
  containsTarget?: boolean;
}
interface FullType {
  kind: 'entity' | 'complex';
  base: string | null;
  abstract: boolean;
  openType?: boolean;
  properties: Record<string, FullProperty>;
  navigation: Record<string, FullNavigation>;
}
interface FullOperation {
  kind: 'action' | 'function';
  name: string;
  bindingType: string;
  parameters: { name: string; type: string; nullable: boolean }[];
}
interface FullMetadata {
  version: string;
  container: Record<string, string>;
  createRequired: Record<string, { name: string }[]>;
  types: Record<string, FullType>;
  enums: Record<string, { members: string[]; flags: boolean }>;
  operations: FullOperation[];
}

const namespace = 'microsoft.graph.';
const short = (name: string) => name.replaceAll(namespace, '');
const element = (type: string) => /^Collection\((.*)\)$/.exec(type)?.[1] ?? type;

/** Where paths may start, and which relations of the big containers are followed. */
const roots = ['deviceAppManagement', 'deviceManagement', 'groups', 'organization', 'servicePrincipals'];
const followed: Record<string, readonly string[]> = {
  deviceAppManagement: ['mobileApps', 'mobileAppCategories', 'mobileAppRelationships'],
  deviceManagement: ['managedDevices', 'assignmentFilters', 'operationApprovalRequests', 'roleScopeTags'],
  managedDevice: [],
  group: ['transitiveMembers'],
  organization: [],
  servicePrincipal: ['appRoleAssignments', 'appRoleAssignedTo'],
  directoryObject: [],
};
/** Types of other parts of Graph that only inherit from a kept one. */
const withoutDescendants = new Set([
  'entity',
  'directoryObject',
  'managedDevice',
  'deviceManagementTroubleshootingEvent',
]);
const keptActions = new Set([
  'assign',
  'updateRelationships',
  'commit',
  'renewUpload',
  'validateXml',
  'hasPayloadLinks',
]);

function reduce(full: FullMetadata) {
  const children = new Map<string, string[]>();
  for (const [name, type] of Object.entries(full.types))
    if (type.base !== null) children.set(type.base, [...(children.get(type.base) ?? []), name]);

  const kept = new Set<string>();
  const waiting = roots.map((root) => element(full.container[root] ?? ''));
  for (const operation of full.operations)
    if (keptActions.has(operation.name))
      for (const parameter of operation.parameters) waiting.push(element(parameter.type));
  const relations = (name: string, type: FullType) => {
    const limit = followed[short(name)];
    return Object.entries(type.navigation).filter(([relation]) => limit === undefined || limit.includes(relation));
  };
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const type = full.types[name];
    if (type === undefined || kept.has(name)) continue;
    kept.add(name);
    if (type.base !== null) waiting.push(type.base);
    if (!withoutDescendants.has(short(name))) waiting.push(...(children.get(name) ?? []));
    for (const property of Object.values(type.properties)) waiting.push(element(property.type));
    for (const [, relation] of relations(name, type)) waiting.push(element(relation.type));
  }

  const enums = new Set<string>();
  const types = Object.fromEntries(
    [...kept].sort().map((name) => {
      const type = full.types[name] as FullType;
      const properties = Object.fromEntries(
        Object.entries(type.properties).map(([property, facets]) => {
          if (full.enums[element(facets.type)]) enums.add(element(facets.type));
          return [
            property,
            {
              type: short(facets.type),
              ...(facets.nullable === false ? { nullable: false } : {}),
              ...(facets.readOnly ? { readOnly: true } : {}),
              ...(facets.immutable ? { immutable: true } : {}),
            },
          ];
        }),
      );
      const navigation = Object.fromEntries(
        relations(name, type).map(([relation, facets]) => [
          relation,
          { type: short(facets.type), ...(facets.containsTarget ? { contained: true } : {}) },
        ]),
      );
      return [
        short(name),
        {
          kind: type.kind,
          base: type.base === null ? null : short(type.base),
          ...(type.abstract ? { abstract: true } : {}),
          ...(type.openType ? { open: true } : {}),
          properties,
          ...(Object.keys(navigation).length > 0 ? { navigation } : {}),
        },
      ];
    }),
  );
  return {
    version: full.version,
    roots: Object.fromEntries(roots.map((root) => [root, short(full.container[root] ?? '')])),
    types,
    enums: Object.fromEntries(
      [...enums].sort().map((name) => {
        const { members, flags } = full.enums[name] as { members: string[]; flags: boolean };
        return [short(name), { members, ...(flags ? { flags: true } : {}) }];
      }),
    ),
    actions: full.operations
      .filter((operation) => operation.kind === 'action' && keptActions.has(operation.name))
      .map((operation) => ({
        name: operation.name,
        boundTo: short(operation.bindingType),
        parameters: operation.parameters.map((p) => ({
          name: p.name,
          type: short(p.type),
          ...(p.nullable ? {} : { nullable: false }),
        })),
      })),
    neededAtCreate: Object.fromEntries(
      Object.entries(full.createRequired)
        .filter(([name]) => kept.has(name))
        .map(([name, needed]) => [short(name), needed.map((entry) => entry.name)]),
    ),
  };
}

/** One type, enum or action per line: small, and a change of Microsoft's shows as a readable difference. */
function print(reduced: ReturnType<typeof reduce>): string {
  const lines = (entries: [string, unknown][]) =>
    entries.map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n');
  const sections = Object.entries(reduced).map(([section, value]) => {
    if (Array.isArray(value))
      return `  ${JSON.stringify(section)}: [\n${value.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
    if (typeof value === 'object') return `  ${JSON.stringify(section)}: {\n${lines(Object.entries(value))}\n  }`;
    return `  ${JSON.stringify(section)}: ${JSON.stringify(value)}`;
  });
  return `{\n${sections.join(',\n')}\n}\n`;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Usage: node demo/graph-metadata/reduce.ts FOLDER   (with v1.json and beta.json)\n');
  process.exit(2);
}
const target = fileURLToPath(new URL('.', import.meta.url));
await mkdir(target, { recursive: true });
for (const [source, result] of [
  ['v1.json', 'graph-v1.json'],
  ['beta.json', 'graph-beta.json'],
] as const) {
  const full = JSON.parse(await readFile(join(folder, source), 'utf8')) as FullMetadata;
  const text = print(reduce(full));
  await writeFile(join(target, result), text);
  process.stdout.write(`${result}: ${Object.keys(reduce(full).types).length} types, ${text.length} bytes\n`);
}
