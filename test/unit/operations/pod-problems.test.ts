import { expect, test } from "vitest";
import { problemOfPod, type PodProblem, type PodStatus } from "../../../src/operations/pod-problems";

const waiting = (reason: string, message?: string): PodStatus => ({
  containerStatuses: [
    { name: "openbao", state: { waiting: { reason, ...(message === undefined ? {} : { message }) } } },
  ],
});
const ended = { terminated: { exitCode: 1, reason: "Error" } };

test.each<[string, PodStatus, PodProblem | undefined]>([
  ["runs", { containerStatuses: [{ state: { running: { startedAt: "2026-01-01T00:00:00Z" } } }] }, undefined],
  ["starts", waiting("ContainerCreating"), undefined],
  ["has no status yet", {}, undefined],
  [
    "cannot be scheduled",
    {
      conditions: [
        {
          type: "PodScheduled",
          status: "False",
          reason: "Unschedulable",
          message: "0/1 nodes are available:\n1 node(s) didn't match pod anti-affinity rules.",
        },
      ],
    },
    {
      text: "Pending: 0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules",
      lasting: true,
    },
  ],
  ["has no image", waiting("ErrImagePull"), { text: "ImagePullBackOff", lasting: true }],
  [
    "has no image still",
    waiting("ImagePullBackOff", "Back-off pulling image"),
    { text: "ImagePullBackOff: Back-off pulling image", lasting: true },
  ],
  [
    "crashes in a loop",
    {
      containerStatuses: [
        { name: "openbao", restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: ended },
      ],
    },
    { text: "CrashLoopBackOff, exit code 1", lasting: true, crashed: "openbao" },
  ],
  [
    "crashed and runs again",
    {
      containerStatuses: [
        {
          name: "openbao",
          restartCount: 1,
          state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
          lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
        },
      ],
    },
    { text: "restarted, OOMKilled", lasting: false, crashed: "openbao" },
  ],
  [
    "waits for a container that prepares it",
    { initContainerStatuses: [{ name: "init", state: { waiting: { reason: "CreateContainerConfigError" } } }] },
    { text: "CreateContainerConfigError", lasting: true },
  ],
])("K3: a pod that %s", (_, status, problem) => {
  expect(problemOfPod(status)).toEqual(problem);
});
