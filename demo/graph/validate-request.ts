import { isObject, type Json, type JsonObject } from './json.ts';
import { elementOf, type Metadata, type PropertyFacets } from './metadata.ts';
import { primitiveFault } from './primitive-values.ts';
import type { ResourcePath } from './resource-path.ts';
import { serviceRules } from './service-rules.ts';

export type ViolationCode =
  | 'method'
  | 'body'
  | 'odata-type'
  | 'unknown-type'
  | 'abstract-type'
  | 'type-mismatch'
  | 'unknown-property'
  | 'wrong-type'
  | 'enum'
  | 'null'
  | 'read-only'
  | 'immutable'
  | 'navigation'
  | 'action'
  | 'required'
  | 'rule';

export interface Violation {
  code: ViolationCode;
  /** `$.rules[0].operator` */
  at: string;
  message: string;
}

type Report = (code: ViolationCode, at: string, message: string) => void;
type Purpose = 'create' | 'update' | 'value';

interface Check {
  metadata: Metadata;
  report: Report;
}

/** Everything in a request's body that Graph's metadata or Intune's known behaviour refuses. */
export function validateRequest(metadata: Metadata, method: string, target: ResourcePath, body: unknown): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (code, at, message) => violations.push({ code, at, message });
  const check: Check = { metadata, report };
  const isEmpty = body === undefined;
  if (method === 'GET' || method === 'DELETE') {
    if (!isEmpty) report('body', '$', `${method} carries no body`);
    if (target.kind === 'action') report('method', '$', 'an action is called with POST');
    return violations;
  }
  switch (target.kind) {
    case 'reference':
      checkReference(check, method, body);
      break;
    case 'action':
      checkAction(check, method, target, body);
      break;
    case 'collection':
      if (method !== 'POST') report('method', '$', `${method} on a collection`);
      else if (!isObject(body)) report('body', '$', 'a create needs a JSON object');
      else checkObject(check, target.type, body, '$', 'create', needsType(metadata, target));
      break;
    case 'entity':
      if (method !== 'PATCH') report('method', '$', `${method} on an entity`);
      else if (!isObject(body)) report('body', '$', 'an update needs a JSON object');
      else checkObject(check, target.type, body, '$', 'update', needsType(metadata, target));
      break;
    case 'property':
      report('method', '$', 'a property is written through its entity');
      break;
  }
  return violations;
}

/** Intune wants the type on every app, also where the addressed type merely has descendants. */
const needsType = (metadata: Metadata, target: ResourcePath) =>
  !target.cast && metadata.isA(target.type, 'mobileApp') && metadata.concreteDescendants(target.type).length > 0;

function checkReference({ report }: Check, method: string, body: unknown): void {
  if (method !== 'POST' && method !== 'PUT') report('method', '$', 'a reference is added with POST or PUT');
  if (!isObject(body) || typeof body['@odata.id'] !== 'string' || !body['@odata.id'].startsWith('https://')) {
    report('body', '$', 'a reference is {"@odata.id": "https://…"}');
    return;
  }
  for (const key of Object.keys(body))
    if (key !== '@odata.id' && key !== '@odata.type') report('unknown-property', `$.${key}`, 'not part of a reference');
}

function checkAction(check: Check, method: string, target: ResourcePath, body: unknown): void {
  const { metadata, report } = check;
  const parameters = target.action?.parameters ?? [];
  if (method !== 'POST') report('method', '$', 'an action is called with POST');
  if (parameters.length === 0) {
    if (body !== undefined && !(isObject(body) && Object.keys(body).length === 0))
      report('action', '$', 'this action takes no parameters');
    return;
  }
  if (!isObject(body)) {
    report('body', '$', 'this action needs a JSON object');
    return;
  }
  for (const key of Object.keys(body))
    if (!key.includes('@') && !parameters.some((parameter) => parameter.name === key))
      report('action', `$.${key}`, `The parameter '${key}' is not a parameter of the action.`);
  for (const parameter of parameters) {
    const value = body[parameter.name];
    if (value === undefined) {
      if (parameter.nullable === false || parameters.length === 1)
        report('action', `$.${parameter.name}`, `The parameter '${parameter.name}' is missing.`);
      continue;
    }
    const element = elementOf(parameter.type);
    if (element !== null && metadata.type(element)?.kind === 'entity' && Array.isArray(value)) {
      for (const [index, entry] of value.entries())
        checkObject(check, element, entry, `$.${parameter.name}[${index}]`, 'create', false);
    } else checkValue(check, parameter, value, `$.${parameter.name}`);
  }
}

function checkValue(check: Check, facets: PropertyFacets, value: Json, at: string): void {
  const { metadata, report } = check;
  if (value === null) {
    if (facets.nullable === false) report('null', at, 'null is not allowed here');
    return;
  }
  const element = elementOf(facets.type);
  if (element !== null) {
    if (!Array.isArray(value)) {
      report('wrong-type', at, `an array of ${element} is wanted`);
      return;
    }
    for (const [index, entry] of value.entries()) {
      if (entry === null) report('null', `${at}[${index}]`, 'null is not allowed in a collection');
      else checkValue(check, { type: element }, entry, `${at}[${index}]`);
    }
    return;
  }
  if (facets.type.startsWith('Edm.')) {
    const wanted = primitiveFault(facets.type, value);
    if (wanted !== null)
      report('wrong-type', at, `Cannot convert the value to the expected type: ${wanted} is wanted.`);
    return;
  }
  const enumeration = metadata.enumeration(facets.type);
  if (enumeration) {
    if (typeof value !== 'string') {
      report('wrong-type', at, `a name of ${facets.type} is wanted`);
      return;
    }
    const names = enumeration.flags ? value.split(',').map((name) => name.trim()) : [value];
    for (const name of names)
      if (!enumeration.members.includes(name)) report('enum', at, `Requested value '${name}' was not found.`);
    return;
  }
  checkObject(check, facets.type, value, at, 'value', false);
}

function givenType(check: Check, declared: string, value: JsonObject, at: string, needed: boolean): string | null {
  const { metadata, report } = check;
  const given = value['@odata.type'];
  const abstract = metadata.type(declared)?.abstract === true;
  if (given === undefined) {
    if (abstract || needed)
      report('odata-type', at, `'@odata.type' is missing; '${declared}' stands for several types.`);
    return abstract ? null : declared;
  }
  const name = typeof given === 'string' ? /^#?(?:microsoft\.)?graph\.([A-Za-z0-9]+)$/.exec(given)?.[1] : undefined;
  if (name === undefined) {
    report('odata-type', at, `'@odata.type' does not name a Graph type.`);
    return null;
  }
  if (metadata.type(name) === undefined) {
    report('unknown-type', at, `The type 'microsoft.graph.${name}' does not exist in ${metadata.version}.`);
    return null;
  }
  if (!metadata.isA(name, declared)) {
    report(
      'type-mismatch',
      at,
      `A value was encountered that has a type name that is incompatible with the metadata. The value specified its type as 'microsoft.graph.${name}', but the type specified in the metadata is 'microsoft.graph.${declared}'.`,
    );
    return null;
  }
  if (metadata.type(name)?.abstract) report('abstract-type', at, `'${name}' is abstract and cannot be created.`);
  return name;
}

function checkObject(
  check: Check,
  declared: string,
  value: Json,
  at: string,
  purpose: Purpose,
  typeNeeded: boolean,
): void {
  const { metadata, report } = check;
  if (!isObject(value)) {
    report('wrong-type', at, `an object of ${declared} is wanted`);
    return;
  }
  const type = givenType(check, declared, value, at, typeNeeded);
  if (type === null) return;
  for (const [key, entry] of Object.entries(value)) {
    const here = `${at}.${key}`;
    if (key.includes('@')) checkAnnotation(check, type, key, here);
    else checkMember(check, type, key, entry, here, purpose, at);
  }
  const isComplex = metadata.type(type)?.kind === 'complex';
  if (purpose === 'create' || isComplex) {
    for (const needed of metadata.neededAtCreate(type)) {
      if (value[needed] !== undefined && value[needed] !== null) continue;
      // Beta takes the older operating system flags instead of the release name.
      if (needed === 'minimumSupportedWindowsRelease' && value.minimumSupportedOperatingSystem) continue;
      report('required', `${at}.${needed}`, `The property '${needed}' is required on '${type}'.`);
    }
  }
  if (purpose !== 'value' || isComplex) {
    const rule = (path: string, message: string) => report('rule', `${at}${path}`, message);
    serviceRules(metadata, type, value, purpose === 'create', rule);
  }
}

function checkAnnotation({ metadata, report }: Check, type: string, key: string, here: string): void {
  const [member = '', annotation] = key.split('@');
  if (member === '') {
    if (annotation === undefined || !['odata.type', 'odata.id', 'odata.etag'].includes(annotation))
      report('body', here, `The annotation '@${annotation}' is not allowed in a request.`);
    return;
  }
  if (!metadata.property(type, member) && !metadata.navigation(type, member) && !metadata.isOpen(type))
    report('unknown-property', here, unknownProperty(member, type));
}

const unknownProperty = (name: string, type: string) =>
  `The property '${name}' does not exist on type 'microsoft.graph.${type}'. Make sure to only use property names that are defined by the type.`;

function checkMember(
  check: Check,
  type: string,
  key: string,
  value: Json,
  here: string,
  purpose: Purpose,
  parent: string,
): void {
  const { metadata, report } = check;
  const property = metadata.property(type, key);
  if (property) {
    const isIdOfListedEntry = key === 'id' && purpose === 'value' && parent.includes('[');
    if (property.readOnly && !isIdOfListedEntry) report('read-only', here, `The property '${key}' is read-only.`);
    if (property.immutable && purpose === 'update')
      report('immutable', here, `The property '${key}' cannot be changed.`);
    checkValue(check, property, value, here);
    return;
  }
  const navigation = metadata.navigation(type, key);
  if (!navigation) {
    if (!metadata.isOpen(type)) report('unknown-property', here, unknownProperty(key, type));
    return;
  }
  if (purpose === 'update') report('navigation', here, `The relation '${key}' is changed through its own URL.`);
  const element = elementOf(navigation.type);
  if (element === null) {
    if (value !== null) checkObject(check, navigation.type, value, here, 'value', false);
    return;
  }
  if (!Array.isArray(value)) {
    report('wrong-type', here, `an array of ${element} is wanted`);
    return;
  }
  for (const [index, entry] of value.entries())
    checkObject(check, element, entry, `${here}[${index}]`, 'create', false);
}
