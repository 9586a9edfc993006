import { randomBytes, randomInt } from "node:crypto";

/** Multiplies in GF(256), in another way than the source does. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let factor = a, rest = b; rest > 0; rest >>= 1) {
    if (rest & 1) product ^= factor;
    factor = factor & 0x80 ? (factor << 1) ^ 0x11b : factor << 1;
  }
  return product;
}

/** Splits a secret as Vault does: a random polynomial for each byte, and the place at the end. */
export function split(secret: Uint8Array, shares: number, threshold: number): string[] {
  const polynomials = [...secret].map((byte) => [byte, ...randomBytes(threshold - 1)]);
  const places = new Set<number>();
  while (places.size < shares) places.add(randomInt(1, 256));
  return [...places].map((x) => {
    const bytes = polynomials.map((polynomial) =>
      polynomial.reduceRight((value, coefficient) => multiply(value, x) ^ coefficient, 0),
    );
    return Buffer.from([...bytes, x]).toString("base64");
  });
}

/** Changes every byte but the place, so that it still looks like a key, and fits to others by no accident. */
export function damage(key: string): string {
  const bytes = Buffer.from(key, "base64");
  const damaged = bytes.map((byte, index) => (index === bytes.length - 1 ? byte : byte ^ randomInt(1, 256)));
  return Buffer.from(damaged).toString("base64");
}
