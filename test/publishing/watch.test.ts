import { watch } from '../../src/publishing/watch.ts';
import { waitFor } from '../fakes/wait-for.ts';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a watch', () => {
  it('looks again and again until a look says that it was the last', async () => {
    const looks: number[] = [];

    watch(async () => looks.push(looks.length) === 3, 1);
    await waitFor(() => looks.length === 3);
    await pause(20);

    expect(looks).toEqual([0, 1, 2]);
  });

  it('does not look while the last look is unanswered', async () => {
    const answer = Promise.withResolvers<boolean>();
    let looks = 0;

    const end = watch(() => {
      looks += 1;
      return answer.promise;
    }, 1);
    await waitFor(() => looks === 1);
    await pause(20);
    expect(looks).toBe(1);
    answer.resolve(false);
    await waitFor(() => looks > 1);
    end();
  });

  it('ends between two looks', async () => {
    let looks = 0;
    const end = watch(async () => {
      looks += 1;
      return false;
    }, 5);
    await waitFor(() => looks > 0);

    end();
    const then = looks;
    await pause(30);

    expect(looks).toBe(then);
  });

  it('ends during a look', async () => {
    const answer = Promise.withResolvers<boolean>();
    let looks = 0;
    const end = watch(() => {
      looks += 1;
      return answer.promise;
    }, 1);
    await waitFor(() => looks === 1);

    end();
    answer.resolve(false);
    await pause(30);

    expect(looks).toBe(1);
  });
});
