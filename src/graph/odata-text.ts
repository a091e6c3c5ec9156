/** A text as OData wants it in a filter: a quote inside is written twice. */
export const odataText = (text: string) => `'${text.replaceAll("'", "''")}'`;
