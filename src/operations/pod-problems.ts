/** What keeps a pod from running. */
export interface PodProblem {
  /** As Kubernetes says it, within another sentence. */
  readonly text: string;
  /** Whether only another description, or an administrator of the cluster, can remedy it. */
  readonly lasting: boolean;
  /** Name of a container that ended, whose log says why. */
  readonly crashed?: string;
}

/** As far as it is read; https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodStatus */
export interface PodStatus {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

interface ContainerStatus {
  readonly name?: string;
  readonly restartCount?: number;
  readonly state?: {
    readonly running?: { readonly startedAt: string };
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: Ended;
  };
  readonly lastState?: { readonly terminated?: Ended };
}

interface Ended {
  readonly exitCode?: number;
  readonly reason?: string;
}

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
}: ContainerStatus): PodProblem | undefined {
  const { reason, message } = state?.waiting ?? {};
  if (reason !== undefined && reason !== "CrashLoopBackOff" && !STARTING.includes(reason)) {
    const said = message === undefined ? "" : `: ${sentence(message)}`;
    return { text: `${SAME[reason] ?? reason}${said}`, lasting: true };
  }
  const ended = state?.terminated ?? lastState?.terminated;
  if (ended === undefined || restartCount === 0) return undefined;
  const how = ended.reason === "OOMKilled" ? "OOMKilled" : `exit code ${ended.exitCode ?? "unknown"}`;
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
