import pino from 'pino';
import { SasLease, type StorageGrant } from '../../../src/graph/content/sas-lease.ts';
import { BriskClock } from '../../fakes/brisk-clock.ts';
import { waitFor } from '../../fakes/wait-for.ts';

const minute = 60_000;
const never = new AbortController().signal;

function leaseFor(lifetimeMinutes: number, failures = 0) {
  const clock = new BriskClock();
  let renewals = 0;
  let broken = failures;
  const grant = (): StorageGrant => ({
    uri: `https://storage/${renewals}`,
    expiresAt: clock.now() + lifetimeMinutes * minute,
  });
  const lease = new SasLease({
    grant: grant(),
    clock,
    log: pino({ level: 'silent' }),
    renew: async () => {
      if (broken > 0) {
        broken -= 1;
        throw new Error('not now');
      }
      renewals += 1;
      return grant();
    },
  });
  return { clock, lease, renewals: () => renewals };
}

describe('an upload address', () => {
  it.each([
    ['seven minutes old', 60, 7],
    ['three minutes before its end', 8, 5],
  ])('is renewed in the background when %s', async (_, lifetime, due) => {
    const { clock, lease, renewals } = leaseFor(lifetime);
    lease.start();
    clock.advance(due * minute - 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(renewals()).toBe(0);
    clock.advance(1);
    await waitFor(() => renewals() === 1);
    expect(await lease.current(never)).toBe('https://storage/1');
    await lease.stop();
  });

  it('is renewed again and again', async () => {
    const { clock, lease, renewals } = leaseFor(60);
    lease.start();
    for (const expected of [1, 2, 3]) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(7 * minute);
      await waitFor(() => renewals() === expected);
    }
    await lease.stop();
  });

  it('is tried again after a failed renewal', async () => {
    const { clock, lease, renewals } = leaseFor(60, 2);
    lease.start();
    clock.advance(7 * minute);
    await waitFor(() => renewals() === 1);
    await lease.stop();
  });

  it('is not handed out when it has expired', async () => {
    const { clock, lease } = leaseFor(10);
    clock.advance(11 * minute);
    expect(await lease.current(never)).toBe('https://storage/1');
  });

  it('is renewed once for all who were refused', async () => {
    const { lease, renewals } = leaseFor(60);
    const refused = await lease.current(never);
    const answers = await Promise.all([1, 2, 3].map(() => lease.instead(refused, never)));
    expect(answers).toEqual(Array(3).fill('https://storage/1'));
    expect(await lease.instead(refused, never)).toBe('https://storage/1');
    expect(renewals()).toBe(1);
  });

  it('leaves nothing running when it is stopped', async () => {
    const { clock, lease, renewals } = leaseFor(60);
    lease.start();
    await lease.stop();
    clock.advance(60 * minute);
    await new Promise((resolve) => setImmediate(resolve));
    expect(renewals()).toBe(0);
  });
});
