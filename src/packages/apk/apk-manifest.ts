import { type AttributeKey, readBinaryXml, type XmlElement } from './axml.ts';
import type { ResourceValue } from './resource-value.ts';

/** Ids of android.R.attr, fixed for all time: https://developer.android.com/reference/android/R.attr */
const attribute = {
  label: { id: 0x01010001 },
  icon: { id: 0x01010002 },
  roundIcon: { id: 0x0101052c },
  name: { id: 0x01010003 },
  debuggable: { id: 0x0101000f },
  minSdkVersion: { id: 0x0101020c },
  versionCode: { id: 0x0101021b },
  versionName: { id: 0x0101021c },
  value: { id: 0x01010024 },
  targetSdkVersion: { id: 0x01010270 },
  testOnly: { id: 0x01010272 },
  versionCodeMajor: { id: 0x01010576 },
  package: { name: 'package' },
  split: { name: 'split' },
  isSplitRequired: { id: 0x01010591 },
  requiredSplitTypes: { id: 0x0101064e },
} as const satisfies Record<string, AttributeKey>;

/** AndroidManifest.xml as written: values may still be references into the resource table. */
export interface ApkManifest {
  packageId: ResourceValue | null;
  versionCode: ResourceValue | null;
  versionCodeMajor: ResourceValue | null;
  versionName: ResourceValue | null;
  minSdkVersion: ResourceValue | null;
  targetSdkVersion: ResourceValue | null;
  debuggable: ResourceValue | null;
  testOnly: ResourceValue | null;
  /** Named by a split, or by a base that does not install without its splits. */
  isPartOfSplit: boolean;
  /** Made from an App Bundle for one kind of device; the store would add the other parts. */
  wantsSplits: ResourceValue | null;
  application: Appearance;
  /** The first activity that a home screen shows. */
  launcher: Appearance | null;
}

export interface Appearance {
  label: ResourceValue | null;
  icon: ResourceValue | null;
  roundIcon: ResourceValue | null;
}

/** https://developer.android.com/guide/app-bundle/sideload-check */
const splitsMark = 'com.android.vending.splits.required';
const launcherCategories = ['android.intent.category.LAUNCHER', 'android.intent.category.LEANBACK_LAUNCHER'];

/** Returns null where the file's root is not `<manifest>`. */
export function readApkManifest(bytes: Buffer): ApkManifest | null {
  let manifest: ApkManifest | null = null;
  const path: string[] = [];
  let activity: XmlElement | null = null;
  let isMain = false;
  let isLauncher = false;

  for (const event of readBinaryXml(bytes)) {
    if (event.kind === 'end') {
      const closed = path.pop();
      if (closed === 'intent-filter' && manifest !== null && activity !== null && isMain && isLauncher)
        manifest.launcher ??= appearance(activity);
      continue;
    }
    const { element } = event;
    path.push(element.name);
    if (path.length === 1) {
      if (element.name !== 'manifest') return null;
      manifest = startManifest(element);
    }
    if (manifest === null) continue;
    const [, section = '', component = '', filter = '', test = ''] = path;
    if (path.length === 2 && section === 'uses-sdk') {
      manifest.minSdkVersion = element.attribute(attribute.minSdkVersion) ?? manifest.minSdkVersion;
      manifest.targetSdkVersion = element.attribute(attribute.targetSdkVersion) ?? manifest.targetSdkVersion;
    }
    if (section !== 'application') continue;
    if (path.length === 2) {
      manifest.application = appearance(element);
      manifest.debuggable = element.attribute(attribute.debuggable);
      manifest.testOnly = element.attribute(attribute.testOnly);
    }
    if (path.length === 3 && component === 'meta-data' && text(element.attribute(attribute.name)) === splitsMark)
      manifest.wantsSplits = element.attribute(attribute.value);
    if (component !== 'activity' && component !== 'activity-alias') continue;
    if (path.length === 3) activity = element;
    if (path.length === 4 && filter === 'intent-filter') {
      isMain = false;
      isLauncher = false;
    }
    if (path.length === 5 && filter === 'intent-filter') {
      if (test === 'action') isMain ||= text(element.attribute(attribute.name)) === 'android.intent.action.MAIN';
      if (test === 'category') isLauncher ||= launcherCategories.includes(text(element.attribute(attribute.name)));
    }
  }
  return manifest;
}

function startManifest(element: XmlElement): ApkManifest {
  const isRequired = element.attribute(attribute.isSplitRequired);
  const isPartOfSplit =
    text(element.attribute(attribute.split)) !== '' ||
    text(element.attribute(attribute.requiredSplitTypes)) !== '' ||
    (isRequired?.kind === 'boolean' && isRequired.value);
  return {
    packageId: element.attribute(attribute.package),
    versionCode: element.attribute(attribute.versionCode),
    versionCodeMajor: element.attribute(attribute.versionCodeMajor),
    versionName: element.attribute(attribute.versionName),
    minSdkVersion: null,
    targetSdkVersion: null,
    debuggable: null,
    testOnly: null,
    isPartOfSplit,
    wantsSplits: null,
    application: { label: null, icon: null, roundIcon: null },
    launcher: null,
  };
}

function appearance(element: XmlElement): Appearance {
  const value = (name: 'label' | 'icon' | 'roundIcon') => element.attribute(attribute[name]);
  return { label: value('label'), icon: value('icon'), roundIcon: value('roundIcon') };
}

const text = (value: ResourceValue | null) => (value?.kind === 'text' ? value.text : '');
