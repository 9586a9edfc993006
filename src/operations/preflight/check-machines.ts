import { setting } from "../../core/environment";
import { OperationError } from "../../core/errors";
import { findKubespray } from "../kubespray/kubespray-source";
import { checkCloud } from "../kubespray/run-kubespray";
import { descriptionsFor, type SynthesizedStack } from "./synthesized-stack";

interface Requirements {
  readonly tenant: string;
  readonly version: string;
  readonly needsCloud: boolean;
}

/** Ways in which the OpenStack provider finds the cloud. */
const CLOUD_VARIABLES = ["OS_CLOUD", "OS_AUTH_URL"];

/** What is missing on this machine to make and provision machines. @returns One line per problem. */
export function checkMachines(stacks: readonly SynthesizedStack[], environment: NodeJS.ProcessEnv): string[] {
  const required = stacks.flatMap((stack) => descriptionsFor(stack, "kubespray")) as unknown as Requirements[];
  return [
    ...checkCloudVariables(stacks, environment),
    ...required.flatMap(({ tenant, version, needsCloud }) => [
      ...problemOf(() => findKubespray(environment, version)),
      ...problemOf(() => checkCloud({ tenant, needsCloud }, environment)),
    ]),
  ];
}

function checkCloudVariables(stacks: readonly SynthesizedStack[], environment: NodeJS.ProcessEnv): string[] {
  const users = stacks.filter(({ json }) => json.provider?.openstack !== undefined).map(({ name }) => name);
  if (users.length === 0 || CLOUD_VARIABLES.some((name) => setting(environment, name) !== undefined)) return [];
  return [
    `${users.join(" and ")} use OpenStack, but the environment names no cloud; set OS_CLOUD, or OS_AUTH_URL and the credentials.`,
  ];
}

function problemOf(check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof OperationError) return [error.message];
    throw error;
  }
}
