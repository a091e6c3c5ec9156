import { createUploadLocker } from '../../../src/http/upload/upload-lock.ts';

const running = () => new AbortController().signal;

describe('the lock of an upload', () => {
  it('is had by one request after the other, and the holder is asked to let go', async () => {
    const locker = createUploadLocker();
    const [old, young] = [locker.newLock('a'), locker.newLock('a')];
    const order: string[] = [];

    await old.lock(running(), () => {
      order.push('asked');
      old.unlock();
    });
    await young.lock(running(), () => undefined);
    order.push('young has it');

    expect(order).toEqual(['asked', 'young has it']);
  });

  it('is had by one only when several wait for it', async () => {
    const locker = createUploadLocker();
    let holders = 0;
    let most = 0;

    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const lock = locker.newLock('a');
        await lock.lock(running(), () => undefined);
        holders += 1;
        most = Math.max(most, holders);
        await Promise.resolve();
        holders -= 1;
        await lock.unlock();
      }),
    );

    expect(most).toBe(1);
  });

  it('of another upload is free', async () => {
    const locker = createUploadLocker();
    await locker.newLock('a').lock(running(), () => undefined);

    await expect(locker.newLock('b').lock(running(), () => undefined)).resolves.toBeUndefined();
  });

  it('is waited for a bounded time', async () => {
    const locker = createUploadLocker(1);
    await locker.newLock('a').lock(running(), () => undefined);

    await expect(locker.newLock('a').lock(running(), () => undefined)).rejects.toMatchObject({ status_code: 423 });
  });

  it('is not waited for by a request that is over', async () => {
    const locker = createUploadLocker();
    const stop = new AbortController();
    await locker.newLock('a').lock(running(), () => stop.abort());

    const waiting = locker.newLock('a').lock(stop.signal, () => undefined);

    await expect(waiting).rejects.toMatchObject({ status_code: 423 });
  });

  it('stays with its holder when a request gives back what it never had', async () => {
    const locker = createUploadLocker(1);
    await locker.newLock('a').lock(running(), () => undefined);

    await locker.newLock('a').unlock();

    await expect(locker.newLock('a').lock(running(), () => undefined)).rejects.toMatchObject({ status_code: 423 });
  });
});
