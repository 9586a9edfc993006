import type { ContentContext } from "../../src/operations/context";
import { unsealInstance } from "../../src/operations/unseal/unseal-instance";
import type { MemoryContent } from "./memory-content";
import { INSTANCE, Universe } from "./simulation";

/** An unsealed instance in the simulation, with data in memory. */
export async function instanceWith(
  content: MemoryContent,
): Promise<{ readonly universe: Universe; readonly context: ContentContext; readonly tokens: string[] }> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  const tokens: string[] = [];
  const context = {
    ...universe.start(),
    content: (_: unknown, token: { reveal(): string }) => {
      tokens.push(token.reveal());
      return content;
    },
  };
  return { universe, context, tokens };
}
