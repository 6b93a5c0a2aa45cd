import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { makeCertificate } from '../../src/go-plugin/certificate.js';

const now = new Date('2026-11-29T12:00:00Z');

test('a certificate is for localhost, an authority of its own, and valid for thirty years', () => {
  const own = makeCertificate(now);
  const read = new X509Certificate(own.certificate);
  expect(read.subject).toBe('CN=localhost');
  expect(read.issuer).toBe(read.subject);
  expect(read.subjectAltName).toBe('DNS:localhost');
  expect(read.ca).toBe(true);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(new Date(read.validFrom)).toEqual(new Date('2026-11-28T12:00:00Z'));
  expect(new Date(read.validTo)).toEqual(new Date('2056-11-21T12:00:00Z'));
  expect(read.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
});

test('no two have a serial number or a key in common', () => {
  const [one, other] = [makeCertificate(now), makeCertificate(now)];
  expect(new X509Certificate(one.certificate).serialNumber).not.toBe(
    new X509Certificate(other.certificate).serialNumber,
  );
  expect(one.key).not.toBe(other.key);
});

test('a client that was given it connects, on both sides of the connection', async () => {
  const [server, client] = [makeCertificate(new Date()), makeCertificate(new Date())];
  const listening = createServer({
    cert: server.certificate,
    key: server.key,
    ca: [client.certificate],
    requestCert: true,
    rejectUnauthorized: true,
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const bound = listening.address();
  const port = bound === null || typeof bound === 'string' ? 0 : bound.port;
  const served = once(listening, 'secureConnection');
  const socket = connect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: [server.certificate],
    cert: client.certificate,
    key: client.key,
  });
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
  await served;
  socket.destroy();
  listening.close();
});
