import type { Product } from "../../core/product";
import { CEREMONIES, type CeremonyPaths } from "../../policy/ceremony-policy";
import type { AccessApi } from "../../vault/access";

/**
 * The endpoints of ceremonies that a server has. The server is asked where its product had others.
 *
 * @param server With a token of the identity `ceremony`, if its product had others.
 */
export async function ceremonyPaths(server: Pick<AccessApi, "has">, product: Product): Promise<CeremonyPaths> {
  const [newest, ...former] = CEREMONIES[product];
  if (newest === undefined) throw new Error(`${product} has no ceremonies`);
  const [last] = former;
  return last === undefined || (await server.has(`${newest.rotateKeys}/init`)) ? newest : last;
}
