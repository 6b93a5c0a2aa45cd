import { DOCKER_MACHINE } from '../machine.js';
import { startTestEngine } from './engine.js';
import { describeHostLife } from './host-life.js';

jest.setTimeout(600_000);

const engine = startTestEngine();
afterAll(() => engine?.stop());

describeHostLife(engine, 'docker-machine', DOCKER_MACHINE);
