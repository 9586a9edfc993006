import { z } from "zod";

/** What keeps a pod from running. */
export interface PodProblem {
  /** As Kubernetes says it, within another sentence. */
  readonly text: string;
  /** Whether only another description, or an administrator of the cluster, can remedy it. */
  readonly lasting: boolean;
  /** Name of a container that ended, whose log says why. */
  readonly crashed?: string;
}

const ended = z.object({ exitCode: z.number().optional(), reason: z.string().optional() });
const containerStatus = z.object({
  name: z.string().optional(),
  restartCount: z.number().optional(),
  state: z
    .object({
      running: z.object({ startedAt: z.string().nullish() }).optional(),
      waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      terminated: ended.optional(),
    })
    .optional(),
  lastState: z.object({ terminated: ended.optional() }).optional(),
});

/** As far as it is read; https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodStatus */
export const podStatus = z.object({
  conditions: z
    .array(
      z.object({
        type: z.string(),
        status: z.string(),
        reason: z.string().optional(),
        message: z.string().optional(),
      }),
    )
    .optional(),
  initContainerStatuses: z.array(containerStatus).optional(),
  containerStatuses: z.array(containerStatus).optional(),
});

/** The status of a pod. */
export type PodStatus = z.infer<typeof podStatus>;

/** What every container goes through. */
const STARTING = ["ContainerCreating", "PodInitializing"];

/** Two names of one state, between which it changes. */
const SAME: Readonly<Record<string, string>> = { ErrImagePull: "ImagePullBackOff" };

/** What keeps a pod from running, as its status says; undefined if nothing does. */
export function problemOfPod({
  conditions = [],
  initContainerStatuses = [],
  containerStatuses = [],
}: PodStatus): PodProblem | undefined {
  const unscheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled !== undefined) {
    return {
      text: `Pending: ${sentence(unscheduled.message ?? unscheduled.reason ?? "not scheduled")}`,
      lasting: true,
    };
  }
  for (const status of [...initContainerStatuses, ...containerStatuses]) {
    const problem = problemOfContainer(status);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfContainer({
  name = "",
  restartCount = 0,
  state,
  lastState,
}: z.infer<typeof containerStatus>): PodProblem | undefined {
  const { reason, message } = state?.waiting ?? {};
  if (reason !== undefined && reason !== "CrashLoopBackOff" && !STARTING.includes(reason)) {
    const said = message === undefined ? "" : `: ${sentence(message)}`;
    return { text: `${SAME[reason] ?? reason}${said}`, lasting: true };
  }
  const end = state?.terminated ?? lastState?.terminated;
  if (end === undefined || restartCount === 0) return undefined;
  const how = end.reason === "OOMKilled" ? "OOMKilled" : `exit code ${end.exitCode ?? "unknown"}`;
  // In a loop, and not once since it started.
  const lasting = reason === "CrashLoopBackOff";
  return { text: `${lasting ? "CrashLoopBackOff" : "restarted"}, ${how}`, lasting, crashed: name };
}

/** On one line, within another sentence. */
function sentence(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  // After what is wrong, the scheduler says that it evicts nobody either.
  return line.replace(/\. (no new claims|preemption:).*$/, "").replace(/\.$/, "");
}
