import type { LaterMoment } from './assignment-template.ts';

const deviceTime = 'device';
const dayMs = 24 * 60 * 60 * 1000;

export function isTimeZone(zone: string): boolean {
  if (zone === deviceTime) return true;
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * The moment in Graph's spelling. Intune reads it as the device's own clock where `useLocalTime` is set, so the digits
 * stand there as they are; otherwise it is a point in time.
 */
export function installTime({ days, time }: LaterMoment, zone: string, publishedAt: Date): string {
  const isDevice = zone === deviceTime;
  const [year, month, day] = dateIn(publishedAt, isDevice ? 'UTC' : zone);
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const wall = Date.UTC(year, month - 1, day, hour, minute) + days * dayMs;
  return spelled(isDevice ? wall : instantOf(wall, zone));
}

export const usesDeviceTime = (zone: string): boolean => zone === deviceTime;

const spelled = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;

function parts(at: Date, zone: string): Record<string, number> {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
}

function dateIn(at: Date, zone: string): [number, number, number] {
  const { year = 0, month = 1, day = 1 } = parts(at, zone);
  return [year, month, day];
}

/** How far a zone's clock is ahead of UTC at a point in time. */
function offsetMs(at: number, zone: string): number {
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts(new Date(at), zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/**
 * The point in time at which a zone's clock shows `wall`. A time that is skipped in spring becomes the one an hour
 * later, of a time that comes twice in autumn it is the first.
 */
function instantOf(wall: number, zone: string): number {
  const offsets = [offsetMs(wall - dayMs, zone), offsetMs(wall + dayMs, zone)];
  const fits = offsets.map((offset) => wall - offset).filter((at) => at + offsetMs(at, zone) === wall);
  return fits.length > 0 ? Math.min(...fits) : wall - (offsets[0] ?? 0);
}
