const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Markup that may stand in a page as it is. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** Escapes every value that is not markup itself. */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html)[]): Html {
  const written = values.map((value) =>
    value instanceof Html ? value.markup : String(value).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign),
  );
  return new Html(parts.map((part, index) => part + (written[index] ?? '')).join(''));
}
