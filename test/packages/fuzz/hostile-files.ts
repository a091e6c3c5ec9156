import type { PackageFacts } from '../../../src/packages/package-facts.ts';
import { buildApfs } from '../fixtures/apfs-volume.ts';
import { attributes, buildApk, manifestTree } from '../fixtures/apk-file.ts';
import { applePng } from '../fixtures/apple-png-file.ts';
import { appxManifest, buildAppx, buildBundle } from '../fixtures/appx-file.ts';
import { buildArsc } from '../fixtures/arsc-file.ts';
import { buildAxml } from '../fixtures/axml-file.ts';
import {
  buildDmg,
  buildUdif,
  chunkTypes,
  compressedAs,
  notesApp,
  withAppleMap,
  withGpt,
  withHfsWrapper,
} from '../fixtures/dmg-file.ts';
import { buildExe } from '../fixtures/exe-file.ts';
import { buildHfsVolume } from '../fixtures/hfs-volume.ts';
import { buildIntunewin, detectionName, intunewinParts } from '../fixtures/intunewin-file.ts';
import { appInfo, appPath, buildIpa, buildProfile } from '../fixtures/ipa-file.ts';
import { packLzfse } from '../fixtures/lzfse-file.ts';
import { buildMsi } from '../fixtures/msi-file.ts';
import { png } from '../fixtures/picture.ts';
import { buildProduct, buildXar, distribution, packageInfo } from '../fixtures/pkg-file.ts';
import { buildPri } from '../fixtures/pri-file.ts';
import { binaryPlist, xmlPlist } from '../fixtures/property-list-file.ts';
import { buildZip } from '../fixtures/zip-file.ts';
import { mutate } from './mutate.ts';

type Random = () => number;
type Maker = (random: Random) => Buffer;
type Format = PackageFacts['format'];

const telling = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

/** Overwrites whole numbers, as counts, sizes and offsets stand in a file, with such as break programs. */
export function twist(original: Buffer, random: Random): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const bytes = Buffer.from(original);
  for (let fault = 0; fault <= below(3); fault += 1) {
    const width = [2, 4, 8][below(3)] ?? 4;
    if (bytes.length < width) return bytes;
    const at = random() < 0.7 ? below(Math.floor(bytes.length / width)) * width : below(bytes.length - width + 1);
    const near = bytes.length + below(5) - 2;
    const value = random() < 0.6 ? (telling[below(telling.length)] ?? 0) : random() < 0.5 ? near : below(bytes.length);
    const isLittle = random() < 0.5;
    if (width === 8) {
      const large = random() < 0.3 ? 0xffff_ffff_ffff_ffffn - BigInt(below(4)) : BigInt(Math.max(0, value));
      isLittle ? bytes.writeBigUInt64LE(large, at) : bytes.writeBigUInt64BE(large, at);
    } else if (width === 4) isLittle ? bytes.writeUInt32LE(value >>> 0, at) : bytes.writeUInt32BE(value >>> 0, at);
    else isLittle ? bytes.writeUInt16LE(value & 0xffff, at) : bytes.writeUInt16BE(value & 0xffff, at);
  }
  return bytes;
}

export const harm: (original: Buffer, random: Random) => Buffer = (original, random) =>
  random() < 0.5 ? mutate(original, random) : twist(original, random);

/** Harm in one part of a file; archives are packed around it, because checksums would stop it otherwise. */
const within = (parts: readonly Buffer[], build: (parts: readonly Buffer[]) => Buffer): Maker => {
  return (random) => {
    const chosen = Math.floor(random() * parts.length);
    return build(parts.map((part, index) => (index === chosen ? harm(part, random) : part)));
  };
};
const whole =
  (...files: readonly Buffer[]): Maker =>
  (random) =>
    harm(files[Math.floor(random() * files.length)] ?? Buffer.alloc(0), random);

const labelled = manifestTree({ application: { label: { reference: 0x7f010000 }, icon: { reference: 0x7f020000 } } });
const resources = buildArsc([
  { typeId: 1, values: { 0: 'Field Notes', 1: { reference: 0x7f010000 } } },
  { typeId: 1, config: { language: 'de' }, layout: 'sparse', values: { 0: 'Notizen' } },
  { typeId: 2, config: { density: 480 }, values: { 0: 'res/icon.png' } },
  { typeId: 2, layout: 'compact', values: { 0: 'res/icon.xml' } },
]);
const androidParts = [buildAxml(labelled), buildAxml(labelled, 'utf8'), resources, png(48)];
const androidFile = ([manifest, manifest8, arsc, icon]: readonly Buffer[], isWide: boolean) =>
  buildZip([
    { name: 'AndroidManifest.xml', content: (isWide ? manifest : manifest8) ?? '' },
    { name: 'resources.arsc', content: arsc ?? '', method: 0 },
    { name: 'res/icon.png', content: icon ?? '' },
    { name: 'META-INF/CERT.RSA', content: 'signature' },
  ]);

const iosParts = [
  binaryPlist(appInfo()),
  buildProfile(),
  applePng({ width: 2, pixels: Array.from({ length: 4 }, () => [9, 8, 7, 255] as const) }),
];
const iosFile = ([info, profile, icon]: readonly Buffer[]) =>
  buildIpa({
    ...(info ? { info } : {}),
    ...(profile ? { profile } : {}),
    files: { 'AppIcon60x60@2x.png': icon ?? png(1) },
  });

const index = buildPri({ 'Resources/AppName': { 'en-US': 'Clock', 'de-DE': 'Uhr' }, 'Files/A': { '': 'a' } });
const named = { displayName: 'ms-resource:AppName' };
const msixParts = [Buffer.from(appxManifest(named)), index, png(16)];
const msixFile = ([manifest, pri, logo]: readonly Buffer[]) =>
  buildZip([
    { name: 'AppxManifest.xml', content: manifest ?? '' },
    { name: 'resources.pri', content: pri ?? '' },
    { name: 'Assets/Logo.png', content: logo ?? '' },
  ]);
const member = buildAppx(named, [{ name: 'resources.pri', content: index }]);
const bundle = buildBundle([
  { attributes: { Type: 'application', FileName: 'A.msix', Architecture: 'x64' }, content: member },
]);

const { content, detection } = intunewinParts();
const wrapParts = [detection, content];
const wrapFile = ([xml, sealed]: readonly Buffer[]) =>
  buildZip([
    { name: 'IntuneWinPackage/Contents/IntunePackage.intunewin', content: sealed ?? '', method: 0 },
    { name: detectionName, content: xml ?? '' },
  ]);

const volume = buildHfsVolume([notesApp, { path: 'Read me.txt', content: 'text' }]);
const apfs = buildApfs([notesApp]);
const chunkSectors = 64;
const lzfseChunks = Array.from({ length: Math.ceil(volume.length / (chunkSectors * 512)) }, (_, chunk) =>
  packLzfse(volume.subarray(chunk * chunkSectors * 512, (chunk + 1) * chunkSectors * 512)),
);
const pkgParts = [Buffer.from(distribution()), Buffer.from(packageInfo())];
const pkgFile = ([product, component]: readonly Buffer[]) =>
  buildXar([
    { path: 'Distribution', content: product ?? '' },
    { path: 'notes.pkg/PackageInfo', content: component ?? '' },
  ]);

/** Several ways to break each format. Small files, so that most of their bytes mean something. */
export const hostileFiles: Readonly<Partial<Record<Format, readonly Maker[]>>> = {
  apk: [
    whole(buildApk({ application: { label: 'Notes' } })),
    within(androidParts, (parts) => androidFile(parts, true)),
    within(androidParts, (parts) => androidFile(parts, false)),
    within(
      [buildAxml({ name: 'manifest', attributes: attributes({ package: 'a.b', versionCode: 1 }) })],
      ([manifest]) =>
        buildZip([
          { name: 'AndroidManifest.xml', content: manifest ?? '' },
          { name: 'classes.dex', content: 'x' },
        ]),
    ),
  ],
  ipa: [
    whole(buildIpa()),
    within(iosParts, iosFile),
    within([xmlPlist(appInfo())], ([info]) => buildZip([{ name: `${appPath}/Info.plist`, content: info ?? '' }])),
  ],
  msi: [whole(buildMsi(), buildMsi({ longReferences: true }), buildMsi({ sectorSize: 4096 }))],
  intunewin: [whole(buildIntunewin(), buildIntunewin({ contentEntry: { method: 8 } })), within(wrapParts, wrapFile)],
  msix: [whole(member, bundle), within(msixParts, msixFile)],
  pkg: [whole(buildProduct()), within(pkgParts, pkgFile)],
  dmg: [
    whole(buildDmg([notesApp]), buildDmg([notesApp], { chunk: 256 })),
    (random) => buildUdif(volume, { chunk: 256, table: (table) => void harm(table, random).copy(table) }),
    whole(withGpt(volume), withAppleMap(volume), withHfsWrapper(volume), volume),
    (random) => {
      const block = Math.floor(random() * 14) * 4096;
      const changed = Buffer.from(apfs);
      harm(changed.subarray(block, block + 4096), random).copy(changed, block, 0, 4096);
      return changed;
    },
    (random) => {
      const broken = Math.floor(random() * lzfseChunks.length);
      let chunk = 0;
      const pack = () => {
        const packed = lzfseChunks[chunk] ?? Buffer.alloc(0);
        chunk += 1;
        return chunk - 1 === broken ? harm(packed, random) : packed;
      };
      return buildUdif(volume, { chunk: chunkSectors, typeOf: () => chunkTypes.lzfse, pack });
    },
    within([lzfseChunks[0] ?? Buffer.alloc(0)], ([packed]) =>
      buildUdif(
        buildHfsVolume([
          { ...notesApp, isCompressed: true, attributes: compressedAs(11, volume.length, packed ?? Buffer.alloc(0)) },
        ]),
      ),
    ),
  ],
  exe: [
    whole(
      buildExe({ versions: { '040904b0': { ProductName: 'Notes' } }, icons: [png(16)] }),
      buildExe({ is64Bit: true }),
    ),
  ],
};
