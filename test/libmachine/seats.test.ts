import { Seats } from '../../src/libmachine/plugin/seats.js';

describe('seats of connections', () => {
  const full = (limit: number): Seats<number> => {
    const seats = new Seats<number>(limit);
    for (let guest = 1; guest <= limit; guest++) expect(seats.take(guest)).toBeUndefined();
    return seats;
  };

  test('a newcomer gets the seat of the one that has been there longest without a call', () => {
    const seats = full(3);
    seats.called(1);
    expect([4, 5, 6].map((guest) => seats.take(guest))).toEqual([2, 3, 4]);
  });

  test('where all have made calls, the newcomer is the one that goes', () => {
    const seats = full(2);
    for (const guest of [1, 2]) seats.called(guest);
    expect(seats.take(3)).toBe(3);
    expect(seats.take(4)).toBe(4);
  });

  test('a guest that leaves makes room, whether it made calls or not', () => {
    const seats = full(2);
    seats.called(1);
    seats.leave(1);
    seats.leave(2);
    expect([3, 4].map((guest) => seats.take(guest))).toEqual([undefined, undefined]);
    expect(seats.take(5)).toBe(3);
  });

  test('a call of one whose seat was given away does not bring it back', () => {
    const seats = full(1);
    expect(seats.take(2)).toBe(1);
    seats.called(1);
    expect(seats.take(3)).toBe(2);
  });
});
