import type {
  GuestBackend,
  GuestDisk,
  GuestEvents,
  GuestSpec,
} from '../../src/simulator/guests/guest-backend.js';

/** Guests that do nothing by themselves: the test sees what was asked of them, and acts in their place. */
export class RecordingGuests implements GuestBackend {
  readonly kind = 'recording';
  /** What was asked, in order, e.g. `powerOn web-1`. */
  readonly asked: string[] = [];
  readonly specs: GuestSpec[] = [];
  readonly events: GuestEvents[] = [];
  /** The disks that running guests were shown, in order. */
  readonly shown: (readonly GuestDisk[])[] = [];
  /** Set to make the next powerOn fail. */
  failure: Error | undefined;

  powerOn(spec: GuestSpec, events: GuestEvents): ReturnType<GuestBackend['powerOn']> {
    this.asked.push(`powerOn ${spec.name}`);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.specs.push(spec);
    this.events.push(events);
    const note = (what: string): Promise<void> => {
      this.asked.push(`${what} ${spec.name}`);
      return Promise.resolve();
    };
    return Promise.resolve({
      requestShutdown: () => void note('requestShutdown'),
      requestReboot: () => void note('requestReboot'),
      powerOff: () => note('powerOff'),
      reset: () => note('reset'),
      disksChanged: (disks) => {
        this.shown.push(disks);
        return Promise.resolve();
      },
    });
  }

  remove(): Promise<void> {
    this.asked.push('remove');
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.asked.push('close');
    return Promise.resolve();
  }
}
