import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { openFileSource } from '../../src/packages/file-source.ts';
import { sliceSource } from '../../src/packages/slice-source.ts';
import { memorySource } from '../fakes/memory-source.ts';
import { problemOf } from './fixtures/problem-of.ts';

const whole = Buffer.from('0123456789');

describe('a part of a source', () => {
  it.each([
    [0, 3, '234'],
    [2, 100, '456'],
    [5, 10, ''],
    [0, 0, ''],
  ])('reads %i+%i within its own bounds', async (offset, length, expected) => {
    const part = sliceSource(memorySource(whole), 2, 5);

    const read = await part.read(offset, length);

    expect(part.size).toBe(5);
    expect(read.toString()).toBe(expected);
  });

  it.each([
    [0, '23456'],
    [3, '56'],
    [5, ''],
  ])('streams from %i to its own end', async (from, expected) => {
    const part = sliceSource(memorySource(whole), 2, 5);

    expect((await buffer(part.stream(from))).toString()).toBe(expected);
  });

  it('fails rather than ends early where the source is shorter', async () => {
    const part = sliceSource(memorySource(whole), 8, 5);

    const failures = [await problemOf(part.read(0, 5)), await problemOf(buffer(part.stream()))];

    expect(failures.map(({ code }) => code)).toEqual(['packageTruncated', 'packageTruncated']);
  });

  it('fills memory of the reader where the source can, and leaves the source open', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slice-'));
    const path = join(folder, 'file');
    await writeFile(path, whole);
    const file = await openFileSource(path);
    const part = sliceSource(file, 2, 5);
    const target = Buffer.alloc(3);

    await part.readInto?.(target, 1);
    const beyond = await problemOf(part.readInto?.(target, 3) ?? Promise.resolve());
    await part.close();
    const still = await file.read(0, 10);
    await file.close();
    await rm(folder, { recursive: true });

    expect(target.toString()).toBe('345');
    expect(beyond.code).toBe('packageTruncated');
    expect(still.equals(whole)).toBe(true);
    expect(sliceSource(memorySource(whole), 2, 5).readInto).toBeUndefined();
  });
});
