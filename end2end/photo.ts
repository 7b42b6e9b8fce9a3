// Makes images: PNGs with a picture in them that does not compress to nothing.

import { crc32, deflateSync } from "node:zlib";

/** A PNG of that size. */
export function photo(width: number, height: number): Buffer {
  const rows = Buffer.alloc((1 + 3 * width) * height);
  for (let y = 0, at = 0; y < height; y += 1) {
    rows[at++] = 0;
    for (let x = 0; x < width; x += 1) {
      const noise = (x * 7919 + y * 104729) % 23;
      rows[at++] = (60 + (150 * x) / width + noise) & 255;
      rows[at++] = (90 + (110 * y) / height + noise) & 255;
      rows[at++] = (200 - (90 * x) / width - noise) & 255;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(kind: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
