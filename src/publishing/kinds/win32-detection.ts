import type { SettingField, Settings } from './app-shape.ts';

export interface Detectable {
  productCode: string | null;
  /** Proposed key in the registry. */
  uninstallKey: string | null;
  version: string | null;
}

/** How Intune finds out whether the app is on a device. https://learn.microsoft.com/graph/api/resources/intune-apps-win32lobapprule */
export function detectionFields({ productCode, uninstallKey, version }: Detectable): SettingField[] {
  const isKnown = productCode !== null;
  const isProposed = !isKnown && uninstallKey !== null;
  return [
    {
      id: 'detectBy',
      label: 'How a device knows that the app is there',
      hint: isKnown
        ? 'The package says its product code.'
        : 'Intune needs one rule. Install the app on one device and look what it leaves there.',
      isRequired: true,
      isFurther: isKnown,
      value: isKnown ? 'productCode' : isProposed ? 'registry' : 'file',
      choices: [
        ...(isKnown ? [{ title: `Product code ${productCode}`, value: 'productCode' }] : []),
        { title: 'A file or folder', value: 'file' },
        { title: 'A value in the registry', value: 'registry' },
      ],
    },
    {
      id: 'detectPath',
      label: 'Folder, or key in the registry',
      hint: isProposed
        ? 'A proposal, usual for this kind of installer: check it on a device.'
        : 'For example %ProgramFiles%\\Contoso or HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso.',
      isFurther: isKnown,
      value: isProposed ? (uninstallKey ?? '') : '',
      maxLength: 400,
    },
    {
      id: 'detectName',
      label: 'File, or value in the registry',
      hint: 'For example notes.exe or DisplayVersion. Empty means the folder or the key itself.',
      isFurther: isKnown,
      value: isProposed ? 'DisplayVersion' : '',
      maxLength: 260,
    },
    {
      id: 'detectVersion',
      label: 'At least this version',
      hint: 'Empty: any version counts.',
      isFurther: isKnown,
      value: isProposed && isVersion(version ?? '') ? (version ?? '') : '',
      maxLength: 40,
      check: (value) => (isVersion(value) ? null : 'A version is numbers with dots, such as 1.2.3'),
    },
  ];
}

const isVersion = (value: string) => /^\d{1,9}(\.\d{1,9}){0,3}$/.test(value);
const hive = /^(HKEY_LOCAL_MACHINE|HKEY_CURRENT_USER|HKEY_CLASSES_ROOT|HKEY_USERS|HKEY_CURRENT_CONFIG)\\./i;
const short: Readonly<Record<string, string>> = { HKLM: 'HKEY_LOCAL_MACHINE', HKCU: 'HKEY_CURRENT_USER' };

/** `HKLM:\…` and the like as Intune wants it. */
function asKey(path: string): string {
  return path.replace(/^(HKLM|HKCU):?(?=\\)/i, (_, name: string) => short[name.toUpperCase()] ?? name);
}

export function detectionFaults({ detectBy, detectPath = '', detectName = '', detectVersion = '' }: Settings) {
  if (detectBy === 'registry' && !hive.test(asKey(detectPath)))
    return { detectPath: 'Write a key that begins with HKEY_LOCAL_MACHINE\\ or HKEY_CURRENT_USER\\' };
  if (detectBy === 'registry' && detectVersion !== '' && detectName === '')
    return { detectName: 'A version is read from a value: name it, for example DisplayVersion' };
  if (detectBy !== 'file') return {};
  if (!/^([a-z]:\\|%[\w()]+%|\\\\)/i.test(detectPath))
    return { detectPath: 'Write a folder with its drive or variable, such as C:\\Program Files\\Contoso' };
  if (detectVersion !== '' && detectName === '') return { detectName: 'A version belongs to a file: name it' };
  return {};
}

type Rule = Record<string, unknown>;

export function detectionRule(settings: Settings, productCode: string | null): Rule {
  const { detectBy, detectPath = '', detectName = '', detectVersion = '' } = settings;
  const hasVersion = detectVersion !== '';
  const operator = hasVersion ? 'greaterThanOrEqual' : 'notConfigured';
  if (detectBy === 'productCode')
    return {
      '@odata.type': '#microsoft.graph.win32LobAppProductCodeRule',
      ruleType: 'detection',
      productCode,
      productVersionOperator: operator,
      productVersion: hasVersion ? detectVersion : null,
    };
  const compared = {
    ruleType: 'detection',
    check32BitOn64System: false,
    operationType: hasVersion ? 'version' : 'exists',
    operator,
    comparisonValue: hasVersion ? detectVersion : null,
  };
  if (detectBy === 'registry')
    return {
      '@odata.type': '#microsoft.graph.win32LobAppRegistryRule',
      ...compared,
      keyPath: asKey(detectPath),
      valueName: detectName === '' ? null : detectName,
    };
  const trimmed = detectPath.replace(/\\+$/, '');
  const split = trimmed.lastIndexOf('\\');
  return {
    '@odata.type': '#microsoft.graph.win32LobAppFileSystemRule',
    ...compared,
    // A folder alone is looked for in the one above it.
    path: detectName === '' && split > 0 ? trimmed.slice(0, split) : trimmed,
    fileOrFolderName: detectName === '' && split > 0 ? trimmed.slice(split + 1) : detectName,
  };
}
