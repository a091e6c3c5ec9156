import type { CardElement } from './card.ts';
import { actions, execute, footer } from './pieces.ts';

export interface Pager {
  verb: string;
  /** From 0. */
  page: number;
  pages: number;
  back: string;
  forth: string;
  /** What the verb takes beside the page. */
  data?: Record<string, unknown>;
}

/** Stands below a list; nothing where one page holds it all. */
export function pager({ verb, page, pages, back, forth, data = {} }: Pager): (CardElement | null)[] {
  if (pages <= 1) return [];
  return [
    footer(`Page ${page + 1} of ${pages}`),
    actions([
      page > 0 ? execute(back, verb, { ...data, page: page - 1 }) : null,
      page < pages - 1 ? execute(forth, verb, { ...data, page: page + 1 }) : null,
    ]),
  ];
}

/** For a list whose length nobody knows: it is leafed through page by page. */
export function openPager({
  verb,
  page,
  hasMore,
  data,
}: {
  verb: string;
  page: number;
  hasMore: boolean;
  data: Record<string, unknown>;
}): (CardElement | null)[] {
  if (page === 0 && !hasMore) return [];
  return [
    footer(hasMore ? `Page ${page + 1}, more follow` : `Page ${page + 1}, the last one`),
    actions([
      page > 0 ? execute('Back', verb, { ...data, page: page - 1 }) : null,
      hasMore ? execute('Next', verb, { ...data, page: page + 1 }) : null,
    ]),
  ];
}
