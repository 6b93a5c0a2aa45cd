import { Watchdog } from '../../src/libmachine/plugin/watchdog.js';

describe('the watchdog', () => {
  let now = 0;
  let onTick = (): void => undefined;
  let abandoned = false;
  const onSilence = jest.fn();
  let watchdog: Watchdog;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    now = 0;
    onTick = () => undefined;
    abandoned = false;
    onSilence.mockClear();
    const time = (): number => {
      onTick();
      return now;
    };
    watchdog = new Watchdog({ now: time, isAbandoned: () => abandoned, onSilence });
  });

  afterEach(() => {
    watchdog.stop();
    jest.useRealTimers();
  });

  /** Lets time pass as it does when the event loop is free. */
  function pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      now += 100;
      jest.advanceTimersByTime(100);
    }
  }

  test('barks once, 10 s after the last heartbeat', () => {
    pass(8_000);
    watchdog.heartbeat();
    pass(9_500);
    expect(onSilence).not.toHaveBeenCalled();
    pass(1_500);
    expect(onSilence).toHaveBeenCalledTimes(1);
    pass(60_000);
    expect(onSilence).toHaveBeenCalledTimes(1);
  });

  test('does not count time in which it could not run: a busy event loop, a suspended machine', () => {
    pass(5_000);
    now += 3_600_000;
    pass(4_000);
    expect(onSilence).not.toHaveBeenCalled();
    pass(1_500);
    expect(onSilence).toHaveBeenCalledTimes(1);
  });

  test('lets a heartbeat that lies in the socket be read before it barks', () => {
    pass(9_900);
    onTick = () => {
      onTick = () => undefined;
      // Input is taken in after timers, in the same turn of the event loop.
      setImmediate(() => watchdog.heartbeat());
    };
    pass(600);
    expect(onSilence).not.toHaveBeenCalled();
    pass(9_000);
    expect(onSilence).not.toHaveBeenCalled();
    pass(1_500);
    expect(onSilence).toHaveBeenCalledTimes(1);
  });

  test('does not wait when the client is known to be gone', () => {
    pass(1_000);
    abandoned = true;
    pass(700);
    expect(onSilence).toHaveBeenCalledTimes(1);
  });
});
