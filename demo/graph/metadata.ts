import { readFileSync } from 'node:fs';

export type GraphVersion = 'v1.0' | 'beta';

export interface PropertyFacets {
  type: string;
  nullable?: false;
  readOnly?: true;
  immutable?: true;
}
export interface NavigationFacets {
  type: string;
  contained?: true;
}
export interface GraphType {
  kind: 'entity' | 'complex';
  base: string | null;
  abstract?: true;
  open?: true;
  properties: Record<string, PropertyFacets>;
  navigation?: Record<string, NavigationFacets>;
}
export interface GraphAction {
  name: string;
  boundTo: string;
  parameters: { name: string; type: string; nullable?: false }[];
}
interface MetadataFile {
  version: GraphVersion;
  roots: Record<string, string>;
  types: Record<string, GraphType>;
  enums: Record<string, { members: string[]; flags?: true }>;
  actions: GraphAction[];
  neededAtCreate: Record<string, string[]>;
}

/** `Collection(x)` → `x`; null for anything else. */
export const elementOf = (type: string): string | null => /^Collection\((.*)\)$/.exec(type)?.[1] ?? null;

/** What one version of Graph knows. Type names stand without `microsoft.graph.`. */
export class Metadata {
  readonly version: GraphVersion;
  readonly #file: MetadataFile;
  readonly #children = new Map<string, string[]>();

  constructor(version: GraphVersion) {
    const name = version === 'beta' ? 'graph-beta.json' : 'graph-v1.json';
    const text = readFileSync(new URL(`../graph-metadata/${name}`, import.meta.url), 'utf8');
    this.#file = JSON.parse(text) as MetadataFile;
    this.version = version;
    for (const [child, { base }] of Object.entries(this.#file.types))
      if (base !== null) this.#children.set(base, [...(this.#children.get(base) ?? []), child]);
  }

  root(segment: string): string | undefined {
    return own(this.#file.roots, segment);
  }

  type(name: string): GraphType | undefined {
    return own(this.#file.types, name);
  }

  enumeration(name: string): { members: string[]; flags?: true } | undefined {
    return own(this.#file.enums, name);
  }

  /** The type itself first, its oldest ancestor last. */
  lineage(name: string): string[] {
    const names: string[] = [];
    for (let at: string | null = name; at !== null; at = this.type(at)?.base ?? null) {
      if (this.type(at) === undefined) break;
      names.push(at);
    }
    return names;
  }

  isA(name: string, ancestor: string): boolean {
    return this.lineage(name).includes(ancestor);
  }

  concreteDescendants(name: string): string[] {
    return (this.#children.get(name) ?? []).flatMap((child) => [
      ...(this.type(child)?.abstract ? [] : [child]),
      ...this.concreteDescendants(child),
    ]);
  }

  property(type: string, name: string): PropertyFacets | undefined {
    for (const at of this.lineage(type)) {
      const found = own(this.type(at)?.properties ?? {}, name);
      if (found) return found;
    }
    return undefined;
  }

  navigation(type: string, name: string): NavigationFacets | undefined {
    for (const at of this.lineage(type)) {
      const found = own(this.type(at)?.navigation ?? {}, name);
      if (found) return found;
    }
    return undefined;
  }

  properties(type: string): Record<string, PropertyFacets> {
    return Object.assign({}, ...this.lineage(type).map((at) => this.type(at)?.properties ?? {})) as Record<
      string,
      PropertyFacets
    >;
  }

  isOpen(type: string): boolean {
    return this.lineage(type).some((at) => this.type(at)?.open === true);
  }

  action(type: string, isCollection: boolean, name: string): GraphAction | undefined {
    return this.#file.actions.find((action) => {
      if (action.name !== name) return false;
      const element = elementOf(action.boundTo);
      return isCollection ? element !== null && this.isA(type, element) : this.isA(type, action.boundTo);
    });
  }

  neededAtCreate(type: string): string[] {
    return this.lineage(type)
      .reverse()
      .flatMap((at) => own(this.#file.neededAtCreate, at) ?? []);
  }
}

const own = <T>(record: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

export type MetadataByVersion = Record<GraphVersion, Metadata>;

export const loadMetadata = (): MetadataByVersion => ({
  'v1.0': new Metadata('v1.0'),
  beta: new Metadata('beta'),
});
