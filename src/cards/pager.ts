import type { CardElement } from './card.ts';
import { actions, execute, footer } from './pieces.ts';

export interface Pager {
  verb: string;
  /** From 0. */
  page: number;
  pages: number;
  back: string;
  forth: string;
}

/** Stands below a list; nothing where one page holds it all. */
export function pager({ verb, page, pages, back, forth }: Pager): (CardElement | null)[] {
  if (pages <= 1) return [];
  return [
    footer(`Page ${page + 1} of ${pages}`),
    actions([
      page > 0 ? execute(back, verb, { page: page - 1 }) : null,
      page < pages - 1 ? execute(forth, verb, { page: page + 1 }) : null,
    ]),
  ];
}
