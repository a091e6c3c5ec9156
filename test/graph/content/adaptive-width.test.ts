import { AdaptiveWidth } from '../../../src/graph/content/adaptive-width.ts';

function grown(width: AdaptiveWidth, blocks: number): number {
  for (let i = 0; i < blocks; i += 1) {
    width.sending();
    width.arrived();
  }
  return width.current;
}

describe('the width of the window', () => {
  it('starts narrow and grows to its maximum while blocks arrive', () => {
    const width = new AdaptiveWidth({ start: 4, max: 8 });
    expect(width.current).toBe(4);
    expect(grown(width, 4)).toBe(6);
    expect(grown(width, 100)).toBe(8);
  });

  it('halves once for a burst of failures', () => {
    const width = new AdaptiveWidth({ start: 8, max: 8 });
    const tickets = Array.from({ length: 8 }, () => width.sending());
    for (const ticket of tickets) width.overloaded(ticket);
    expect(width.current).toBe(4);
  });

  it('halves again for failures after that, and stays at one', () => {
    const width = new AdaptiveWidth({ start: 8, max: 8 });
    for (const expected of [4, 2, 1, 1]) {
      width.overloaded(width.sending());
      expect(width.current).toBe(expected);
    }
  });
});
