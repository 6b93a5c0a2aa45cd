import { requestBody } from '../../message/request-body.js';
import { gpuBody, serialPortBody } from '../device-bodies.js';
import { gpuView, serialPortId, serialPortView } from '../device-views.js';
import { invalidArgument } from '../failures.js';
import { serialPort, wantedGpu } from '../options.js';
import type { DeviceType } from './device-type.js';

/** gpus of a VM: what it wants to have, on whichever host. */
export const gpus: DeviceType = {
  plural: 'gpus',
  word: 'Gpu',
  kind: 'vm_gpu',
  shown: (of, { config }) => config.gpus.map((gpu) => ({ extId: gpu.uuid ?? '', view: gpuView(of, gpu) })),
  added: (world, call) => {
    const wanted = { ...wantedGpu(requestBody(world, call, gpuBody)), uuid: undefined };
    return (options) => ({ ...options, gpus: [...options.gpus, wanted] });
  },
  removed: (extId) => (options) => ({ ...options, gpus: options.gpus.filter(({ uuid }) => uuid !== extId) }),
};

/** serial-ports of a VM. */
export const serialPorts: DeviceType = {
  plural: 'serial-ports',
  word: 'SerialPort',
  kind: 'vm_serial_port',
  shown: (of, vm) =>
    (vm.config.setup.serialPorts ?? []).map((port) => ({
      extId: serialPortId(vm, port),
      view: serialPortView(of, vm, port),
    })),
  added: (world, call) => {
    const wanted = serialPort(requestBody(world, call, serialPortBody));
    return ({ setup, ...options }) => {
      const { serialPorts: ports = [] } = setup;
      if (ports.some(({ index }) => index === wanted.index)) {
        throw invalidArgument(`The VM has a serial port ${String(wanted.index)} already.`);
      }
      return { ...options, setup: { ...setup, serialPorts: [...ports, wanted] } };
    };
  },
  replaced: (world, call, extId) => {
    const wanted = serialPort(requestBody(world, call, serialPortBody));
    return ({ setup, ...options }, vm) => {
      const ports = (setup.serialPorts ?? []).map((port) =>
        serialPortId(vm, port) === extId ? { ...port, connected: wanted.connected } : port,
      );
      return { ...options, setup: { ...setup, serialPorts: ports } };
    };
  },
  removed:
    (extId) =>
    ({ setup, ...options }, vm) => ({
      ...options,
      setup: { ...setup, serialPorts: setup.serialPorts?.filter((port) => serialPortId(vm, port) !== extId) },
    }),
};
