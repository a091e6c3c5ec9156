import type { InstallerKindId } from './installer-kinds.ts';

/** How a family of installers gives itself away; one mark is enough. */
export interface InstallerMarks {
  id: InstallerKindId;
  /** Names of sections. */
  sections?: readonly string[];
  /** In the program's manifest. */
  manifest?: RegExp;
  /** In the names and texts of the version resource, a line each: `ProductName=…`. */
  version?: RegExp;
  /** The number of a raw data resource. */
  rawData?: number;
  /** Right behind the program, at this distance from its end. */
  behind?: readonly (readonly [distance: number, bytes: Buffer])[];
  /** At the start of any resource. */
  resource?: Buffer;
  /** Anywhere in the program's data. */
  inData?: readonly Buffer[];
  /** Near either end of what follows the program. */
  inOverlay?: readonly Buffer[];
}

const ascii = (text: string) => Buffer.from(text, 'latin1');
const wide = (text: string) => Buffer.from(text, 'utf16le');
const hex = (digits: string) => Buffer.from(digits, 'hex');

/** Surest first: what wraps another installer stands before what it may wrap. */
export const installerMarks: readonly InstallerMarks[] = [
  { id: 'wix-burn', sections: ['.wixburn'] },
  {
    id: 'inno',
    manifest: /JR\.Inno\.Setup/i,
    version: /^Comments=.*built with Inno Setup/im,
    // The table that tells where the setup data lies.
    rawData: 11111,
    inOverlay: [ascii('Inno Setup Setup Data (')],
  },
  {
    id: 'nsis',
    manifest: /Nullsoft\.NSIS/i,
    sections: ['.ndata'],
    behind: [[4, Buffer.concat([hex('efbeadde'), ascii('NullsoftInst')])]],
  },
  { id: 'advanced-installer', inOverlay: [ascii('ADVINSTSFX')] },
  {
    id: 'installshield',
    manifest: /name="InstallShield/i,
    version: /^(IS_?Internal\w*=|.*=InstallShield\b)/im,
    behind: [
      [0, ascii('InstallShield\0')],
      [0, ascii('ISSetupStream')],
    ],
  },
  { id: 'velopack', inData: [ascii('Starting Velopack Setup')] },
  { id: 'squirrel', inData: [wide('SquirrelTemp'), wide('SquirrelSetup.log')] },
  {
    id: 'setup-factory',
    manifest: /Setup Factory/i,
    version: /=(suf\d*_(launch|setup|rt)|Setup Factory\b)/im,
  },
  {
    id: 'wise',
    version: /=Wise Installation/im,
    inData: [ascii('Wise Installation Wizard'), ascii('WiseMain')],
  },
  { id: 'installanywhere', manifest: /InstallAnywhere/i, version: /=(InstallAnywhere|LaunchAnywhere)/im },
  // The last bytes of an installer of the framework, before any signature.
  { id: 'qt-installer', inOverlay: [hex('f868d6991c0a63c2')] },
  { id: 'iexpress', version: /^(InternalName|OriginalFilename)=wextract/im },
  {
    id: '7zip-sfx',
    version: /=7z(S[D2]?\.sfx|.{0,20}\bSFX\b)/im,
    behind: [
      [0, ascii(';!@Install@!')],
      [0, Buffer.concat([hex('efbbbf'), ascii(';!@Install@!')])],
      [0, hex('377abcaf271c')],
    ],
  },
  { id: 'winrar-sfx', manifest: /WinRAR SFX/i, behind: [[0, hex('526172211a07')]] },
  { id: 'msi-wrapper', resource: hex('d0cf11e0a1b11ae1'), inOverlay: [hex('d0cf11e0a1b11ae1')] },
];
