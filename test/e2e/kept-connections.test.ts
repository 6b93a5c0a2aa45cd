import { request as ask } from 'node:https';
import { selfSigned } from '../prism/certificate.js';
import { closed, portOf } from '../prism/hostile-server.js';
import { oneAnswerServer, type Farewell } from '../prism/one-answer-server.js';
import { Cloud, NOTHING_LEFT } from './cloud.js';

const certificate = selfSigned();

/** Passes on what it is asked to the simulator, one request for each connection. */
function gateway(port: number, farewell: Farewell) {
  return oneAnswerServer(certificate, farewell, (request, response) => {
    const { method, url, headers } = request;
    const onward = ask(
      { host: '127.0.0.1', port, method, path: url, headers, rejectUnauthorized: false },
      (answer) => {
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value !== undefined && name !== 'connection') response.setHeader(name, value);
        }
        response.statusCode = answer.statusCode ?? 502;
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
}

test.each<Farewell>(['hangs up when asked again', 'resets'])(
  'a gateway that serves one request on a connection and then %s: every command works',
  async (farewell) => {
    const cloud = await Cloud.start();
    const front = await gateway(cloud.simulator.port, farewell);
    try {
      const machine = cloud.machine({
        NUTANIX_PORT: String(portOf(front)),
        NUTANIX_FINGERPRINT: `sha256:${certificate.fingerprint}`,
        NUTANIX_WAIT_FOR: 'ip',
      });
      await machine.run('create', '-d', 'nutanix', 'kept-1');
      await machine.run('kill', 'kept-1');
      expect(await machine.run('status', 'kept-1')).toBe('Stopped');
      await machine.run('start', 'kept-1');
      expect(await machine.run('status', 'kept-1')).toBe('Running');
      await machine.run('stop', 'kept-1');
      await machine.run('rm', '-y', 'kept-1');
      expect(cloud.left()).toEqual(NOTHING_LEFT);
    } finally {
      await closed(front);
      await cloud.close();
    }
  },
);
