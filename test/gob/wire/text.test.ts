import fc from 'fast-check';
import { bytesOfText, hasEscapes, textOfBytes } from '../../../src/gob/wire/text.js';

const read = (bytes: Buffer): string => textOfBytes(bytes, 0, bytes.length);

describe('strings that need not be UTF-8', () => {
  test.each([
    ['ASCII', '61', 'a'],
    ['two, three and four bytes', 'c3afe29883f09f98ba', 'ï☃😺'],
    ['a replacement character that was sent', 'efbfbd', '\ufffd'],
    ['a byte order mark', 'efbbbf61', '\ufeff61'.replace('61', 'a')],
    ['bytes that never occur', 'ff61c0fe', '\udcffa\udcc0\udcfe'],
    ['a character cut short', '61e298', 'a\udce2\udc98'],
    ['a continuation alone', '8061', '\udc80a'],
    ['a longer form than needed', 'c1bf', '\udcc1\udcbf'],
    ['half of a pair', 'eda080', '\udced\udca0\udc80'],
    ['beyond Unicode', 'f4908080', '\udcf4\udc90\udc80\udc80'],
    ['good and bad in turn', 'f09f98baffc3a9', '😺\udcffé'],
  ])('%s', (_, hex, text) => {
    expect(read(Buffer.from(hex, 'hex'))).toBe(text);
    expect(bytesOfText(text).toString('hex')).toBe(hex);
  });

  test('any bytes come out as they came in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.string({ unit: 'grapheme' }), (raw, text) => {
        const bytes = Buffer.concat([raw, Buffer.from(text), raw]);
        expect(bytesOfText(read(bytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test('any well-formed text is its UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hasEscapes(text)).toBe(false);
        expect(read(Buffer.from(text, 'utf8'))).toBe(text);
      }),
    );
  });

  test('other lone surrogates cannot be sent', () => {
    expect(bytesOfText('\ud800a\udcff').toString('hex')).toBe('efbfbd61ff');
  });

  test('a mebibyte of bad bytes takes no long time', () => {
    const bytes = Buffer.alloc(1 << 20, 0xff);
    expect(bytesOfText(read(bytes)).equals(bytes)).toBe(true);
  });
});
