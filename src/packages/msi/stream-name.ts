const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._';
const pairs = 0x3800;
const singles = 0x4800;
const tableMark = '\u4840';

/** The stream of a table: marked by a unit in front. */
export function tableStreamName(table: string): string {
  return tableMark + packedName(table);
}

/**
 * A stream's name as stored. Windows Installer packs two characters of its alphabet into one unit of the name, since a
 * compound file allows 31 units only; other characters stay as they are.
 */
export function packedName(name: string): string {
  let packed = '';
  for (let at = 0; at < name.length; at += 1) {
    const first = alphabet.indexOf(name.charAt(at));
    const second = at + 1 < name.length ? alphabet.indexOf(name.charAt(at + 1)) : -1;
    if (first < 0) packed += name.charAt(at);
    else if (second < 0) packed += String.fromCharCode(singles + first);
    else {
      packed += String.fromCharCode(pairs + first + (second << 6));
      at += 1;
    }
  }
  return packed;
}
