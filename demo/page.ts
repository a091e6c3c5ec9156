import { escapeHtml } from './http.ts';

const style = `
:root{color-scheme:light dark;--ink:#1b1b1f;--soft:#5a5a66;--line:#c9c9d3;--ground:#fff;--raised:#f4f4f8;--accent:#4f52b2;--on-accent:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#ececf1;--soft:#b0b0bd;--line:#4a4a56;--ground:#1c1c21;--raised:#27272e;--accent:#a6a7e8;--on-accent:#15151a}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:62rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
a{color:var(--accent)}
.soft{color:var(--soft)}
.panel{background:var(--raised);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;margin:.75rem 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line)}
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) minmax(0,1fr);gap:.25rem 1rem;margin:0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
@media (max-width:36rem){dl{grid-template-columns:minmax(0,1fr)}dd{margin-bottom:.5rem}}
button,select,input{font:inherit;padding:.4rem .8rem;border-radius:.35rem;border:1px solid var(--line);background:var(--ground);color:var(--ink)}
button{cursor:pointer;min-height:2.5rem}
button.main{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
button:focus-visible,select:focus-visible,input:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
form.row{display:inline-flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.15rem 0}
ul{padding-left:1.25rem}
ul.switches{list-style:none;padding:0;margin:0}
ul.switches li{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;justify-content:space-between;border-bottom:1px solid var(--line);padding:.3rem 0}
ul.switches p{margin:0;flex:1 1 18rem}
:target{outline:3px solid var(--accent);outline-offset:2px}
`;

/** Markup that may stand in a page as it is. */
export interface Html {
  readonly html: string;
}

type Value = Html | string | number | undefined | readonly Html[];

const render = (value: Value): string => {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  if ('html' in value) return value.html;
  return value.map((part) => part.html).join('');
};

/** Template tag: every value is escaped unless it is markup made by this tag. */
export const html = (parts: TemplateStringsArray, ...values: Value[]): Html => ({
  html: parts.map((part, index) => part + (index < values.length ? render(values[index]) : '')).join(''),
});

export const page = (title: string, content: Html): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>${content.html}</main></body></html>`;
