import { ConnectionSlots } from '../../src/libmachine/plugin/connection-slots.js';

describe('seats of connections', () => {
  const full = (limit: number): ConnectionSlots<number> => {
    const slots = new ConnectionSlots<number>(limit);
    for (let guest = 1; guest <= limit; guest++) expect(slots.admit(guest)).toBeUndefined();
    return slots;
  };

  test('a newcomer gets the seat of the one that has been there longest without a call', () => {
    const slots = full(3);
    slots.called(1);
    expect([4, 5, 6].map((guest) => slots.admit(guest))).toEqual([2, 3, 4]);
  });

  test('where all have made calls, the newcomer is the one that goes', () => {
    const slots = full(2);
    for (const guest of [1, 2]) slots.called(guest);
    expect(slots.admit(3)).toBe(3);
    expect(slots.admit(4)).toBe(4);
  });

  test('a guest that leaves makes room, whether it made calls or not', () => {
    const slots = full(2);
    slots.called(1);
    slots.remove(1);
    slots.remove(2);
    expect([3, 4].map((guest) => slots.admit(guest))).toEqual([undefined, undefined]);
    expect(slots.admit(5)).toBe(3);
  });

  test('a call of one whose seat was given away does not bring it back', () => {
    const slots = full(1);
    expect(slots.admit(2)).toBe(1);
    slots.called(1);
    expect(slots.admit(3)).toBe(2);
  });
});
