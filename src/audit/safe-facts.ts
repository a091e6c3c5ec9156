/** What stood before or after a change; never a secret, a token or the query of a link. */
export type AuditFacts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

const longest = 500;
const mostFacts = 40;
/** A caller that hands over a secret by mistake must not write it down for ever. */
const secretName = /secret$|password|token|assertion|privatekey|^key$|sas|credentialvalue|cookie/i;
const linkQuery = /(\bhttps?:\/\/[^\s"'<>?#]*)[?#][^\s"'<>]*/gi;

export function safeText(text: string): string {
  const clean = text.replace(linkQuery, '$1?…');
  return clean.length > longest ? `${clean.slice(0, longest - 1)}…` : clean;
}

export function safeFacts(facts: AuditFacts): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts)
      .slice(0, mostFacts)
      .map(([name, value]) => [name, secretName.test(name) ? '[removed]' : safe(value)]),
  );
}

function safe(value: AuditFacts[string]): unknown {
  if (typeof value === 'string') return safeText(value);
  return Array.isArray(value) ? value.slice(0, mostFacts).map((entry) => safeText(String(entry))) : value;
}

/** Only what differs, so that a row shows the change and nothing else. */
export function changedFacts(before: AuditFacts, after: AuditFacts): { before: AuditFacts; after: AuditFacts } {
  const differs = (name: string) => JSON.stringify(before[name]) !== JSON.stringify(after[name]);
  const only = (facts: AuditFacts) => Object.fromEntries(Object.entries(facts).filter(([name]) => differs(name)));
  return { before: only(before), after: only(after) };
}
