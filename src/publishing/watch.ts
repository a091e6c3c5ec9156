/**
 * Looks at something every so often, one look at a time: a store that answers slowly is not asked faster than it answers.
 * A look that returns true is the last one. Returns how to end it before.
 */
export function watch(look: () => Promise<boolean>, everyMs: number): () => void {
  let timer: NodeJS.Timeout | null = null;
  let isOver = false;
  const later = () => {
    timer = setTimeout(now, everyMs).unref();
  };
  const now = async () => {
    if (!(await look()) && !isOver) later();
  };
  later();
  return () => {
    isOver = true;
    if (timer !== null) clearTimeout(timer);
  };
}
