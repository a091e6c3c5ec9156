import { ConfigError } from './config.ts';
import type { Logger } from './log.ts';

/** A failed start says one line, not a stack: the operator reads it in a container's log. */
export function stopWithWords(error: unknown): never {
  const words = error instanceof ConfigError || error instanceof Error ? error.message : String(error);
  process.stderr.write(`Quartermaster does not start. ${words}\n`);
  process.exit(1);
}

/**
 * The first SIGTERM or SIGINT drains, a second one of the same kind ends at once. Ctrl-C reaches a whole process group, and
 * a launcher passes it on as SIGTERM: those two together are one wish.
 */
export function onTermination(log: Logger, drain: () => Promise<void>): void {
  const asked = new Set<NodeJS.Signals>();
  const end = (signal: NodeJS.Signals) => {
    if (asked.has(signal)) process.exit(1);
    asked.add(signal);
    if (asked.size > 1) return;
    log.info({ signal }, 'ending: taking nothing new, finishing what is running');
    drain().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'the end was not clean');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
