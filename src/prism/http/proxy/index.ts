export { chooseProxy, type Proxy } from './choose.js';
export { nameOfProxy, proxyAdvice } from './failure.js';
export { openTunnel } from './tunnel.js';
