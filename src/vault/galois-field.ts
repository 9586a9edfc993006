/** Powers of the generator 3 and their logarithms in GF(256) modulo x^8 + x^4 + x^3 + x + 1, the field of AES (FIPS 197, 4.2). */
const POWERS = new Uint8Array(510);
const LOGARITHMS = new Uint8Array(256);

for (let exponent = 0, power = 1; exponent < 255; exponent++) {
  POWERS[exponent] = POWERS[exponent + 255] = power;
  LOGARITHMS[power] = exponent;
  power ^= (power << 1) ^ (power & 0x80 ? 0x11b : 0);
}

/** Multiplies two bytes in the field. */
export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : at(POWERS, at(LOGARITHMS, a) + at(LOGARITHMS, b));
}

/** Divides two bytes in the field. The second one is not 0. */
export function divide(a: number, b: number): number {
  return a === 0 ? 0 : at(POWERS, at(LOGARITHMS, a) + 255 - at(LOGARITHMS, b));
}

function at(table: Uint8Array, index: number): number {
  return table[index] ?? 0;
}
