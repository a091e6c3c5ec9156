import { setTimeout as after } from 'node:timers/promises';
import type { ServerOptions } from '@tus/server';

type Locker = Exclude<ServerOptions['locker'], Promise<unknown> | ((...args: never[]) => unknown)>;

interface Turn {
  /** Asks the holder to let go. */
  requestRelease: () => void | Promise<void>;
  released: Promise<void>;
  release: () => void;
}

const longestWaitMs = 30_000;
/** In the form of the protocol's own refusals; clients try again after it. */
const locked = { status_code: 423, body: '' };

/**
 * One request at a time for each upload. A phone that lost its connection comes back while the server still waits for
 * the old one, so whoever waits asks the holder to let go. (The one that comes with tus asks in a busy loop.)
 */
export function createUploadLocker(waitMs = longestWaitMs): Locker {
  const turns = new Map<string, Turn>();
  return {
    newLock(id) {
      let mine: Turn | null = null;
      return {
        async lock(stop, requestRelease) {
          const deadline = after(waitMs, 'late' as const, { ref: false, signal: stop }).catch(() => 'stopped' as const);
          for (let holder = turns.get(id); holder !== undefined; holder = turns.get(id)) {
            await holder.requestRelease();
            const first = await Promise.race([holder.released.then(() => 'free' as const), deadline]);
            if (first !== 'free') throw Object.assign(new Error('Another request holds the upload'), locked);
          }
          const { promise: released, resolve: release } = Promise.withResolvers<void>();
          mine = { requestRelease, released, release };
          turns.set(id, mine);
        },
        async unlock() {
          if (mine === null) return;
          turns.delete(id);
          mine.release();
          mine = null;
        },
      };
    },
  };
}
