import { ProblemError } from '../../problems/problem.ts';
import type { PeImage } from './pe-image.ts';

/** Numbers of resource types: https://learn.microsoft.com/windows/win32/menurc/resource-types */
export const resourceType = { icon: 3, rawData: 10, iconGroup: 14, version: 16, manifest: 24 } as const;

const mostEntries = 2_000;
const subdirectory = 0x80000000;

export interface PeResource {
  id: number;
  address: number;
  /** Bytes. */
  size: number;
}

interface DirectoryEntry {
  /** A number, or the place of a name with the highest bit set. */
  id: number;
  target: number;
}

/**
 * The resources of a program: types, then ids, then languages, and nothing deeper. Whatever the entries point to, no more
 * than three steps are taken.
 */
export class PeResources {
  readonly #image: PeImage;
  readonly #root: number;

  constructor(image: PeImage, root: number) {
    this.#image = image;
    this.#root = root;
  }

  /** The resources of a type, in the first language each; at most `most`. */
  async list(type: number, most = 1): Promise<PeResource[]> {
    const types = await this.#entries(this.#root);
    const found = types.find(({ id }) => id === type);
    return found === undefined ? [] : this.#leaves(found, most);
  }

  /** The resources of all types, in the first language each; at most `most`. */
  async listAll(most: number): Promise<PeResource[]> {
    const found: PeResource[] = [];
    for (const type of await this.#entries(this.#root)) {
      if (found.length >= most) break;
      found.push(...(await this.#leaves(type, most - found.length)));
    }
    return found;
  }

  async read(resource: PeResource, largest: number): Promise<Buffer> {
    return this.#image.readAddress(resource.address, Math.min(resource.size, largest));
  }

  async #leaves(type: DirectoryEntry, most: number): Promise<PeResource[]> {
    const leaves: PeResource[] = [];
    if ((type.target & subdirectory) === 0) return leaves;
    for (const { id, target } of await this.#entries(this.#at(type.target))) {
      if (leaves.length >= most) break;
      const place = (target & subdirectory) === 0 ? target : (await this.#entries(this.#at(target), 1))[0]?.target;
      if (place === undefined) continue;
      if ((place & subdirectory) !== 0)
        throw new ProblemError('packageMalformed', { detail: 'Its resources lead in circles.' });
      const leaf = await this.#image.readAddress(this.#root + place, 8);
      if (leaf.length === 8) leaves.push({ id, address: leaf.readUInt32LE(0), size: leaf.readUInt32LE(4) });
    }
    return leaves;
  }

  async #entries(address: number, most = mostEntries): Promise<DirectoryEntry[]> {
    const header = await this.#image.readAddress(address, 16);
    if (header.length < 16) return [];
    const declared = header.readUInt16LE(12) + header.readUInt16LE(14);
    const bytes = await this.#image.readAddress(address + 16, Math.min(declared, most) * 8);
    return Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => ({
      id: bytes.readUInt32LE(index * 8),
      target: bytes.readUInt32LE(index * 8 + 4),
    }));
  }

  #at(target: number): number {
    return this.#root + (target & 0x7fffffff);
  }
}
