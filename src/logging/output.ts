import { constants, fstatSync, openSync } from 'node:fs';
import { DescriptorSink } from './descriptor-sink.js';
import type { LineSink } from './line-sink.js';
import { StreamSink } from './stream-sink.js';

/**
 * The sink for standard output (1) or standard error (2).
 *
 * A write to a full pipe blocks the whole process, heartbeats included, and a client stops reading for good
 * after one bad line. On Linux a pipe is therefore opened once more, through /proc, without blocking: that
 * makes a second open file of ours and leaves the client's end alone. Where this is impossible (a socket,
 * another user's pipe, another system) the runtime's stream is used, which buffers.
 */
export function standardSink(descriptor: 1 | 2): LineSink {
  try {
    const kind = fstatSync(descriptor);
    if (kind.isFile() || kind.isCharacterDevice()) return new DescriptorSink(descriptor);
    if (kind.isFIFO() && process.platform === 'linux') {
      const path = `/proc/self/fd/${descriptor}`;
      return new DescriptorSink(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    }
  } catch {
    // Closed, or not ours to open: the stream copes with both.
  }
  return new StreamSink(descriptor === 1 ? process.stdout : process.stderr);
}
