import type {
  GuestBackend,
  GuestDisk,
  GuestEvents,
  GuestSpec,
  VolumeContents,
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
  /** What was asked of the content of volume groups' disks, in order, e.g. `copy UUID UUID`. */
  readonly kept: string[] = [];
  readonly contents: VolumeContents = {
    copy: (from, to) => this.#keep(`copy ${from} ${to}`),
    remove: (uuids) => this.#keep(['remove', ...uuids].join(' ')),
  };

  /** Guests that are shown their disks take as long as this. */
  showing: Promise<void> = Promise.resolve();
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
      disksChanged: async (disks) => {
        this.shown.push(disks);
        await this.showing;
      },
    });
  }

  remove(): Promise<void> {
    this.asked.push('remove');
    return Promise.resolve();
  }

  #keep(what: string): Promise<void> {
    this.kept.push(what);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.asked.push('close');
    return Promise.resolve();
  }
}
