/**
 * A record as MXNet writes it: a magic number, the length, the content, filled up to four bytes. The length's upper three
 * bits are zero: the record is whole. https://mxnet.apache.org/versions/1.9.1/api/architecture/note_data_loading
 */
const magic = 0xced7230a;
export const recordBytesMax = 2 ** 29 - 1;

export function recordHeader(length: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(magic, 0);
  header.writeUInt32LE(length, 4);
  return header;
}

export const recordPadding = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);
