import { OperationError } from "../../core/errors";
import { ReplicaError } from "../../vault/errors";
import type { ContentContext } from "../context";

/** Does the work, and says which layers to deploy if the policy is one of before the authority: a denial says no more than a number. */
export async function explainDenial<Result>(
  { store: { path } }: Pick<ContentContext, "store">,
  mount: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ReplicaError) || error.failure !== "denied") throw error;
    const [tenant = ""] = path.split("/");
    throw new OperationError(
      "authority-denied",
      `The identity apply of ${path} may not import a CA into the mount ${mount} yet; deploy the stack ${tenant}-vault, and then ${tenant}-config.`,
      { cause: error },
    );
  }
}
