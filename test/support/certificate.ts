import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate of no CA, valid for a century. Its serial number does not matter. */
export const CERTIFICATE = readFileSync(join(__dirname, "certificate.pem"), "utf8");
