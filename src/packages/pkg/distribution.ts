import type { XmlElement } from '../xml-document.ts';
import { bundlesIn, type InstalledBundle } from './bundle.ts';
import { earliestVersion } from './version-order.ts';

/** What the Distribution file of a product archive says. */
export interface Distribution {
  productId: string | null;
  version: string | null;
  /** As it stands there, which may be the key of a text. */
  title: string | null;
  /** For people; null where the title is the key of a text that stands elsewhere. */
  displayName: string | null;
  minimumOSVersion: string | null;
  packages: { id: string; version: string | null }[];
  bundles: InstalledBundle[];
}

// https://developer.apple.com/library/archive/documentation/DeveloperTools/Reference/DistributionDefinitionRef/Chapters/Distribution_XML_Ref.html
export function readDistribution(root: XmlElement): Distribution {
  const product = root.child('product');
  const references = packageReferences(root);
  return {
    productId: nonEmpty(product?.attribute('id')),
    version: nonEmpty(product?.attribute('version')),
    title: nonEmpty(root.childText('title')),
    displayName: nonEmpty(displayNameOf(root)),
    minimumOSVersion: minimumOS(root),
    packages: packagesOf(references),
    bundles: references.flatMap((reference) => [
      ...bundlesIn(reference),
      ...reference.childrenNamed('bundle-version').flatMap((versions) => bundlesIn(versions)),
    ]),
  };
}

/** They stand at the top level and inside of choices; the same package is often spread over several. */
function packageReferences(root: XmlElement): XmlElement[] {
  return [root, ...root.childrenNamed('choice')].flatMap((parent) => parent.childrenNamed('pkg-ref'));
}

function packagesOf(references: readonly XmlElement[]): Distribution['packages'] {
  const found = new Map<string, { id: string; version: string | null }>();
  for (const reference of references) {
    const key = nonEmpty(reference.attribute('id'));
    if (key === null) continue;
    const known = found.get(key);
    found.set(key, {
      id: nonEmpty(reference.attribute('packageIdentifier')) ?? known?.id ?? key,
      version: known?.version ?? nonEmpty(reference.attribute('version')),
    });
  }
  return [...found.values()];
}

/** A title may be the key of a text in several languages, kept in the file itself by older packages; null where it is another one's. */
function displayNameOf(root: XmlElement): string | null {
  const title = root.childText('title')?.trim() ?? '';
  const languages = root.child('localization')?.childrenNamed('strings') ?? [];
  const english = languages.find((strings) => /^en(glish)?\b/i.test(strings.attribute('language') ?? ''));
  for (const strings of [english, ...languages]) {
    const text = textFor(title, strings?.text ?? '');
    if (text !== null) return text;
  }
  return isKey(title) ? null : title;
}

/** As programmers write names that nobody is to see: `DISTRIBUTION_TITLE`. */
export const isKey = (title: string): boolean => /^[A-Z0-9]+(_[A-Z0-9]+)+$/.test(title);

/** The text of a key in a file of texts: `"KEY" = "Text";` */
export function textFor(key: string, strings: string): string | null {
  for (const [, name, text] of strings.matchAll(/"([^"\\\n]{1,200})"\s*=\s*"([^"\\\n]{1,500})"\s*;/g))
    if (name === key) return text ?? null;
  return null;
}

/** Several ranges are alternatives, so that the earliest of them decides. */
function minimumOS(root: XmlElement): string | null {
  const ranges = ['volume-check', 'installation-check']
    .flatMap((name) => root.childrenNamed(name))
    .flatMap((check) => check.childrenNamed('allowed-os-versions'))
    .flatMap((allowed) => allowed.childrenNamed('os-version'));
  return earliestVersion(ranges.map((range) => nonEmpty(range.attribute('min'))));
}

function nonEmpty(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}
