import { isObject, type JsonObject } from './json.ts';
import type { Metadata } from './metadata.ts';
import { isBase64 } from './primitive-values.ts';

type Report = (path: string, message: string) => void;

const scriptTypes = /^(macOSAppScript|win32LobAppPowerShellScript(Rule|Detection|Requirement))$/;

/** What Intune refuses although the metadata allows it; reported publicly, source beside each rule. */
export function serviceRules(
  metadata: Metadata,
  type: string,
  value: JsonObject,
  isCreate: boolean,
  report: Report,
): void {
  if (metadata.isA(type, 'win32LobApp')) win32Rules(value, isCreate, report);
  if (type.endsWith('MinimumOperatingSystem')) {
    const chosen = Object.keys(metadata.properties(type)).filter((flag) => value[flag] === true);
    if (chosen.length === 0) report('', 'No minimum operating system is chosen.');
  }
  // Declared as strings, documented as base64: https://learn.microsoft.com/graph/api/resources/intune-apps-macosappscript
  if (scriptTypes.test(type) && typeof value.scriptContent === 'string' && !isBase64(value.scriptContent))
    report('.scriptContent', 'The script must be base64.');
  if (type === 'mobileAppContentFile' && isCreate) {
    const { size, sizeEncrypted } = value;
    if (typeof size === 'number' && typeof sizeEncrypted === 'number' && sizeEncrypted <= size)
      report('.sizeEncrypted', 'The encrypted size must be larger than the size.');
  }
}

function win32Rules(value: JsonObject, isCreate: boolean, report: Report): void {
  const rules = Array.isArray(value.rules) ? value.rules : [];
  const detections = Array.isArray(value.detectionRules) ? value.detectionRules : [];
  // https://github.com/ugurkocde/IntuneGet/pull/222
  if (isCreate && detections.length === 0 && !rules.some((rule) => isObject(rule) && rule.ruleType === 'detection'))
    report('.rules', 'The Win32LobApp must have at least one detection rule specified.');
  // https://github.com/ugurkocde/IntuneGet/pull/203
  if (value.rules != null && (value.detectionRules != null || value.requirementRules != null))
    report('.rules', 'Rules cannot be sent together with detectionRules or requirementRules.');
  const release = value.minimumSupportedWindowsRelease;
  if (typeof release === 'string' && /^v\d/.test(release))
    report('.minimumSupportedWindowsRelease', `Requested value '${release}' was not found.`);
  if (isCreate && value.applicableArchitectures == null && value.allowedArchitectures == null)
    report('.applicableArchitectures', 'An architecture is required.');
  for (const [index, rule] of rules.entries()) if (isObject(rule)) win32Rule(rule, `.rules[${index}]`, report);
}

function win32Rule(rule: JsonObject, at: string, report: Report): void {
  if (rule.ruleType == null) report(`${at}.ruleType`, 'A rule is a detection or a requirement.');
  const type = typeof rule['@odata.type'] === 'string' ? rule['@odata.type'] : '';
  const isScript = type.endsWith('PowerShellScriptRule');
  // https://learn.microsoft.com/graph/api/resources/intune-apps-win32lobapppowershellscriptrule
  const isPlainDetection =
    !rule.displayName &&
    !rule.comparisonValue &&
    (rule.operationType ?? 'notConfigured') === 'notConfigured' &&
    (rule.operator ?? 'notConfigured') === 'notConfigured';
  if (isScript && rule.ruleType === 'detection' && !isPlainDetection)
    report(at, 'A detection script has no name and no comparison.');
  if (type.endsWith('ProductCodeRule') && rule.ruleType === 'requirement')
    report(at, 'A product code can only be detected.');
}
