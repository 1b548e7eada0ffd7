/** @file Pictures: PNG and JPEG files as pixels of 0-255, told apart by their first bytes. */

/** What pixels are made. */
export type Color = "rgb" | "grey";

/** A picture, `[height, width, channel]`. */
export interface Picture {
  readonly shape: readonly [number, number, number];
  readonly pixels: Uint8Array;
}

/** Pixels with as many channels as the file has. */
interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/**
 * Decodes a picture. Grey pictures become colours with equal channels where `color` is "rgb"; "grey" takes colours only
 * where the three are equal. Transparency is dropped where there is none.
 *
 * @param name for messages.
 * @throws TypeError when it is no PNG or JPEG of 8 bits. RangeError when it is damaged, has colours where grey is
 * wanted, or is transparent.
 */
export async function decodePicture(bytes: Uint8Array, color: Color, name: string): Promise<Picture> {
  const isPng = bytes[0] === 0x89 && bytes[1] === 0x50;
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isPng && !isJpeg) {
    throw new TypeError(`Cannot read "${name}": it is neither a PNG nor a JPEG file; convert it, or move it away`);
  }
  let decoded: Decoded;
  try {
    decoded = isPng ? await decodePng(bytes) : await decodeJpeg(bytes);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(`Cannot read "${name}": ${why}; get the file again, or convert it to 8 bits a channel`, {
      cause,
    });
  }
  const { width, height } = decoded;
  return { shape: [height, width, color === "rgb" ? 3 : 1], pixels: withChannels(decoded, color, name) };
}

async function decodePng(bytes: Uint8Array): Promise<Decoded> {
  const { convertIndexedToRgb, decode } = await import("fast-png");
  const image = decode(bytes);
  const { width, height, depth, palette } = image;
  if (palette !== undefined) {
    const [first] = palette;
    return { width, height, channels: first!.length, data: convertIndexedToRgb(image) };
  }
  if (depth !== 8) throw new RangeError(`it has ${depth} bits a channel`);
  return { width, height, channels: image.channels, data: image.data as Uint8Array };
}

async function decodeJpeg(bytes: Uint8Array): Promise<Decoded> {
  const { default: jpeg } = await import("jpeg-js");
  const { width, height, data } = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false });
  return { width, height, channels: data.length / (width * height), data };
}

function withChannels({ width, height, channels, data }: Decoded, color: Color, name: string): Uint8Array {
  const isGrey = channels < 3;
  const wanted = color === "rgb" ? 3 : 1;
  if (channels === wanted) return data;
  const pixels = new Uint8Array(width * height * wanted);
  for (let i = 0; i < width * height; i++) {
    const at = i * channels;
    const red = data[at]!;
    if ((channels === 2 || channels === 4) && data[at + channels - 1] !== 255) {
      throw new RangeError(`Cannot use "${name}": it is transparent; put it on a background`);
    }
    if (color === "rgb") pixels.set(isGrey ? [red, red, red] : data.subarray(at, at + 3), 3 * i);
    else {
      const equal = isGrey || (data[at + 1] === red && data[at + 2] === red);
      if (!equal) {
        throw new RangeError(`Cannot use "${name}" as grey: it has colours; set "color" to "rgb", or convert it`);
      }
      pixels[i] = red;
    }
  }
  return pixels;
}
